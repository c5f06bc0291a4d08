// Other processes and the memory that a benchmark shares with them.
#pragma once

#include "tests/bench/measure.hpp"

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <new>
#include <utility>

namespace holdfast::bench {

/// Zeroed pages, all touched, in a memory object as regions are; children
/// that are forked later have them too.
class shared_bytes {
public:
  explicit shared_bytes(std::size_t bytes);
  ~shared_bytes();

  shared_bytes(const shared_bytes&) = delete;
  shared_bytes& operator=(const shared_bytes&) = delete;

  void* get() const noexcept {
    return address_;
  }

private:
  void* address_;
  std::size_t bytes_;
};

template <class T>
class shared_array {
public:
  explicit shared_array(std::size_t count) : memory_{count * sizeof(T)} {
    for (std::size_t i = 0; i < count; ++i)
      new (static_cast<T*>(memory_.get()) + i) T{};
  }

  T& operator[](std::size_t index) const noexcept {
    return static_cast<T*>(memory_.get())[index];
  }

private:
  shared_bytes memory_;
};

/// One object that children see too.
template <class T>
class shared : shared_array<T> {
public:
  shared() : shared_array<T>{1} {
    // nop
  }

  T& operator*() const noexcept {
    return (*this)[0];
  }

  T* operator->() const noexcept {
    return &**this;
  }
};

/// A forked process, pinned, killed when this object or the parent ends.
class child {
public:
  child(int cpu, const std::function<void()>& body);
  child(child&& other) noexcept : id_{std::exchange(other.id_, -1)} {
    // nop
  }
  ~child();

private:
  pid_t id_;
};

/// Whether holdfast-node was built beside this program; from then on it is
/// found there.
bool find_node();

} // namespace holdfast::bench
