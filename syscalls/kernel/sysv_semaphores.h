#pragma once
// System V semaphore sets of the VM (see sysv_ipc.h), and what a process has to take back when it ends
// (SEM_UNDO). Any thread.

#include <span>
#include <vector>

#include "syscalls/kernel/sysv_ipc.h"

namespace lindvm {

/// struct sembuf, the same everywhere.
struct SemaphoreOperation {
  uint16_t number;
  int16_t change;
  int16_t flags;
};

class SemaphoreUndo;

struct SemaphoreSet : SysvObject {
  static constexpr int32_t k_max_semaphores = 32000;  // SEMMSL
  static constexpr uint32_t k_max_operations = 500;   // SEMOPM
  static constexpr int32_t k_max_value = 32767;       // SEMVMX

  struct Semaphore {
    int32_t value = 0;
    int32_t last_process = 0;
    int32_t waiting_for_more = 0;  ///< GETNCNT
    int32_t waiting_for_zero = 0;  ///< GETZCNT
  };
  std::vector<Semaphore> semaphores;
  time_t operated = 0;

  explicit SemaphoreSet(int32_t count) : semaphores(static_cast<size_t>(count)) {}

  /// All or nothing: EFBIG, ERANGE, EACCES, EAGAIN (also at the deadline), EIDRM, EINTR.
  SysResult operate(Thread& thread, const std::shared_ptr<SemaphoreSet>& self,
                    std::span<const SemaphoreOperation> operations, const Deadline* deadline);

 private:
  /// Null if all were done; else the first that must wait. Nothing is changed then, nor at an error.
  SysResult try_all(std::span<const SemaphoreOperation> operations, const SemaphoreUndo* undo,
                    std::vector<int32_t>& values, const SemaphoreOperation*& blocked) const;
  SysResult wait(Thread& thread, std::unique_lock<std::mutex>& lock, const SemaphoreOperation& blocked,
                 const Deadline* deadline);
};

/// Adjustments of one process, applied when it ends. All are behind one mutex, which is taken after a set's.
class SemaphoreUndo {
 public:
  SemaphoreUndo();
  ~SemaphoreUndo();
  SemaphoreUndo(const SemaphoreUndo&) = delete;
  SemaphoreUndo& operator=(const SemaphoreUndo&) = delete;

  /// The calling thread's process's, made at the first question.
  static SemaphoreUndo& of(Thread& thread);
  /// SETVAL and SETALL forget, in every process.
  static void clear(const SemaphoreSet& set, size_t first, size_t count);

  int32_t adjustment(const SemaphoreSet& set, size_t number) const;
  void adjust(const std::shared_ptr<SemaphoreSet>& set, size_t number, int32_t by);

 private:
  struct Entry {
    std::weak_ptr<SemaphoreSet> set;
    std::vector<int32_t> values;  // one per semaphore
  };
  std::map<const SemaphoreSet*, Entry> entries_;
};

SysvTable<SemaphoreSet>& semaphore_sets();

}  // namespace lindvm
