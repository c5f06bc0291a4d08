// A forked process that runs a function, and memory that it shares with the
// test. Fork from a test with one thread only; the child asks nothing of Catch.
#pragma once

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <exception>
#include <new>
#include <stdexcept>
#include <utility>

namespace holdfast::test {

/// Ends with this object, and with the test. An exception in it is code 99.
class child {
public:
  template <class Body>
  explicit child(Body body) {
    const auto parent = ::getpid();
    pid_ = ::fork();
    if (pid_ < 0)
      throw std::runtime_error{"fork"};
    if (pid_ > 0)
      return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent)
      ::_exit(98);
    try {
      body();
    } catch (const std::exception&) {
      ::_exit(99);
    }
    ::_exit(0);
  }

  child(child&& other) noexcept : pid_{std::exchange(other.pid_, -1)} {
    // nop
  }

  ~child() {
    kill();
  }

  pid_t pid() const noexcept {
    return pid_;
  }

  void signal_kill() const noexcept {
    ::kill(pid_, SIGKILL);
  }

  /// Kills it and waits for its end.
  void kill() noexcept {
    if (pid_ <= 0)
      return;
    signal_kill();
    ::waitpid(std::exchange(pid_, -1), nullptr, 0);
  }

  /// Waits for its end; its exit code, or 128 + the signal.
  int wait() noexcept {
    int status = 0;
    ::waitpid(std::exchange(pid_, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

private:
  pid_t pid_ = -1;
};

/// An object that children forked later have too, at the same address.
template <class T>
class shared {
public:
  shared() {
    auto* memory = ::mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
      throw std::bad_alloc{};
    object_ = new (memory) T{};
  }

  shared(const shared&) = delete;
  shared& operator=(const shared&) = delete;

  ~shared() {
    ::munmap(object_, sizeof(T));
  }

  T* operator->() const noexcept {
    return object_;
  }

  T& operator*() const noexcept {
    return *object_;
  }

private:
  T* object_;
};

} // namespace holdfast::test
