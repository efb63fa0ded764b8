#pragma once
// Errors as values (DESIGN.md section 8). Result<T> is what every fallible function of the
// engine returns; TRY() unwraps one or returns its error to the caller.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace lindvm {

/// Which stage refused: the command line and the spec runner tell malformed from invalid from
/// unlinkable modules by it.
enum class ErrorKind : uint8_t {
  malformed,       ///< the binary format was violated (spec: assert_malformed)
  invalid,         ///< validation failed (spec: assert_invalid)
  unlinkable,      ///< an import was missing or of the wrong type (spec: assert_unlinkable)
  uninstantiable,  ///< instantiation trapped (spec: assert_uninstantiable)
  unsupported,     ///< valid, but beyond what this build executes, or an implementation limit
  io,              ///< a file could not be read
};

/// A module-level failure. `offset` is a byte offset into the module, or k_no_offset.
struct Error {
  static constexpr uint64_t k_no_offset = ~uint64_t{0};
  ErrorKind kind = ErrorKind::malformed;
  std::string message;
  uint64_t offset = k_no_offset;
};

/// Either a T or an Error.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  T* operator->() { return &value(); }
  Error& error() { return std::get<1>(state_); }
  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

/// Success, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}
  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  Error& error() { return *error_; }
  const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

}  // namespace lindvm

/// Evaluates to the value of a Result, or returns its error from the enclosing function.
#define TRY(expression)                             \
  ({                                                \
    auto try_result_ = (expression);                \
    if (!try_result_.ok()) [[unlikely]]             \
      return std::move(try_result_.error());        \
    ::lindvm::detail::take(std::move(try_result_)); \
  })

namespace lindvm::detail {
template <class T>
T take(Result<T>&& result) {
  return std::move(result).value();
}
inline void take(Result<void>&&) {}
}  // namespace lindvm::detail
