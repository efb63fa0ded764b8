// Compiles and links; threads themselves come with another issue.
// flags: -std=c++20
#include <atomic>
#include <condition_variable>
#include <future>
#include <iostream>
#include <mutex>
#include <shared_mutex>
#include <stop_token>
#include <thread>

int main() {
  std::mutex mutex;
  std::condition_variable condition;
  std::atomic<int> count = 0;
  try {
    std::thread thread([&] {
      std::lock_guard lock(mutex);
      count++;
      condition.notify_all();
    });
    thread.join();
    return std::async(std::launch::async, [] { return 0; }).get();
  } catch (const std::system_error& error) {
    std::cout << error.what() << '\n';
    return 0;
  }
}
