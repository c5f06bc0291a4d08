// Typed handles: what an application holds to read, store and wait.
//
// A handle is a few words, copies share the mapping. Any thread may use any
// handle; stores of one variable exclude each other. No call blocks longer
// than limits::lock_patience, but for the waits, which have a deadline.
#pragma once

#include "shm/freshness.hpp"
#include "shm/type_tag.hpp"
#include "shm/variable.hpp"
#include "shm/wait.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace holdfast::shm {

/// What the node said of the region when the value was read.
struct reading_stamp {
  std::uint64_t version; // rises by one with each store
  std::uint64_t epoch;   // counts the homes of the region
  std::uint64_t lease_end;
  layout::region_state state;

  /// Fresh, stale by how much, or orphaned. Reads the clock, so ask only
  /// where it matters.
  freshness freshness_at(boot_clock::time_point now
                         = boot_clock::now()) const noexcept {
    return freshness::of(state, lease_end, now);
  }
};

/// A value and its stamp.
template <class T>
struct reading : reading_stamp {
  // Filled by the handle; zeroing it first would cost as much as the copy.
  reading() noexcept {
    // nop
  }

  T value;
};

/// What all handles share. One line: a read of a variable that was not used
/// for long waits for it first.
class alignas(layout::line) variable_handle {
public:
  variable_handle(std::shared_ptr<attachment> in, variable_place at) noexcept
    : in_{std::move(in)}, at_{at} {
    // nop
  }

  std::uint32_t capacity() const noexcept {
    return at_.capacity;
  }

  /// Version of the last complete value, 0 before the first.
  std::uint64_t version() const noexcept {
    return at_.head->latest.load(std::memory_order_acquire);
  }

  /// Version that a majority of the region's replicas holds.
  std::uint64_t committed_version() const noexcept {
    return in_->map.committed(at_.slot)->load(std::memory_order_acquire);
  }

  /// Sleeps until the version differs from `since`; the new version.
  /// Errors: timeout, removed, fenced.
  quick_result<std::uint64_t>
  wait_for_change(std::uint64_t since, futex::deadline until,
                  wait_path path = wait_path::best) const {
    const watched one{in_.get(), &at_, since};
    if (auto changed = shm::wait_for_any({&one, 1}, until, path); !changed)
      return changed.assume_error();
    return version();
  }

  watched watch_since(std::uint64_t version) const noexcept {
    return {in_.get(), &at_, version};
  }

  attachment& in() const noexcept {
    return *in_;
  }

  const variable_place& at() const noexcept {
    return at_;
  }

protected:
  void stamp(reading_stamp& out, std::uint64_t version) const noexcept {
    out.version = version;
    out.epoch = at_.control->epoch.load(std::memory_order_relaxed);
    out.lease_end = at_.control->lease_end.load(std::memory_order_relaxed);
    out.state = static_cast<layout::region_state>(
      at_.control->state.load(std::memory_order_relaxed));
  }

  std::shared_ptr<attachment> in_;
  variable_place at_;
};

static_assert(sizeof(variable_handle) == layout::line);

/// One value of a fixed, trivially copyable type.
template <class T>
class variable : public variable_handle {
  static_assert(std::is_trivially_copyable_v<T>,
                "other processes copy raw bytes");
  static_assert(!std::is_pointer_v<T>,
                "a pointer means nothing in another process");

public:
  using variable_handle::variable_handle;

  /// The last complete value. Errors: no_value, removed, contended.
  quick_result<reading<T>> read() const noexcept {
    quick_result<reading<T>> out{boost::outcome_v2::in_place_type<reading<T>>};
    auto& into = out.assume_value();
    std::uint64_t version = 0;
    const auto code
      = read_latest(at_, version, [&](const layout::word* from, auto) {
          load_payload<sizeof(T)>(reinterpret_cast<std::byte*>(&into.value),
                                  from);
        });
    // The only return, so that `out` is made in the caller's memory: a second
    // copy of words just stored would cost more than all of the above.
    if (code == errc::ok) [[likely]] {
      stamp(into, version);
      // The compiler does not see it, and would have callers look it up.
      if (!out.has_value())
        __builtin_unreachable();
    } else {
      out = code;
    }
    return out;
  }

  /// Stores in this host's memory; the new version. Provisional: it survives
  /// this process, not this node. Errors: no_right, removed, fenced,
  /// contended.
  quick_result<std::uint64_t> store(const T& value) const noexcept {
    return store_next(*in_, at_, any_version, writer_of(value));
  }

  /// Stores if the latest version is `expected` (0: nothing stored yet).
  /// Errors: as store, and version_conflict.
  quick_result<std::uint64_t> compare_and_store(std::uint64_t expected,
                                                const T& value) const noexcept {
    const auto decide = [expected](std::uint64_t latest) {
      return latest == expected ? errc::ok : errc::version_conflict;
    };
    return store_next(*in_, at_, decide, writer_of(value));
  }

private:
  static auto writer_of(const T& value) noexcept {
    return [&value](layout::word* payload, std::uint64_t) -> std::uint64_t {
      store_payload<sizeof(T)>(payload,
                               reinterpret_cast<const std::byte*>(&value));
      return sizeof(T);
    };
  }
};

/// Bytes up to a capacity; the base of strings, documents and tools.
class bytes_handle : public variable_handle {
public:
  using variable_handle::variable_handle;

  /// Copies the value into `into` (at least capacity() bytes) and says how
  /// many it has. Errors: as variable::read, and too_long if `into` is short.
  quick_result<std::pair<std::size_t, reading_stamp>>
  read_into(std::span<std::byte> into,
            int attempts_max = limits::read_attempts_max) const noexcept;

protected:
  quick_result<reading<std::vector<std::byte>>>
  read_bytes(std::size_t bytes_max, int attempts_max) const;

  template <auto TakeLock = take_lock>
  quick_result<std::uint64_t>
  store_bytes(std::span<const std::byte> bytes,
              std::optional<std::uint64_t> expected) const noexcept;
};

class bytes_variable : public bytes_handle {
public:
  using bytes_handle::bytes_handle;

  quick_result<reading<std::vector<std::byte>>> read() const;

  /// Errors: as variable::store, and too_long.
  quick_result<std::uint64_t>
  store(std::span<const std::byte> bytes) const noexcept {
    return store_bytes(bytes, std::nullopt);
  }

  quick_result<std::uint64_t>
  compare_and_store(std::uint64_t expected,
                    std::span<const std::byte> bytes) const noexcept {
    return store_bytes(bytes, expected);
  }
};

/// Text; UTF-8 by convention, checked by those who show it.
class string_variable : public bytes_handle {
public:
  using bytes_handle::bytes_handle;

  quick_result<reading<std::string>> read() const;

  quick_result<std::uint64_t> store(std::string_view text) const noexcept {
    return store_bytes(std::as_bytes(std::span{text}), std::nullopt);
  }

  quick_result<std::uint64_t>
  compare_and_store(std::uint64_t expected,
                    std::string_view text) const noexcept {
    return store_bytes(std::as_bytes(std::span{text}), expected);
  }
};

/// A JSON document as text. Whoever reads it parses it: another client may
/// have stored anything.
class json_variable : public string_variable {
public:
  using string_variable::string_variable;
};

/// Any variable as bytes, with its kind and type tag, for tools.
class untyped_variable : public bytes_variable {
public:
  untyped_variable(std::shared_ptr<attachment> in, variable_place at,
                   layout::variable_kind kind, std::string type)
    : bytes_variable{std::move(in), at}, kind_{kind}, type_{std::move(type)} {
    // nop
  }

  layout::variable_kind kind() const noexcept {
    return kind_;
  }

  const std::string& type() const noexcept {
    return type_;
  }

  /// Whether a value may have so many bytes: too_long, or wrong_type where the
  /// size is fixed.
  errc check_size(std::size_t bytes) const noexcept;

  /// As read, but contended after a few tries: for whoever may not wait.
  /// Errors: as read, and too_long beyond `bytes_max`.
  quick_result<reading<std::vector<std::byte>>>
  read_at_once(std::size_t bytes_max) const;

  /// As store and compare_and_store, but contended where another writer is in
  /// its own store just now.
  quick_result<std::uint64_t>
  store_at_once(std::span<const std::byte> bytes,
                std::optional<std::uint64_t> expected) const noexcept;

private:
  layout::variable_kind kind_;
  std::string type_;
};

/// A signed number that many writers change together; starts at 0.
class counter : public variable_handle {
public:
  using variable_handle::variable_handle;

  quick_result<reading<std::int64_t>> read() const noexcept;

  /// The value after the change. Wraps around like two's complement.
  quick_result<std::int64_t> fetch_add(std::int64_t change) const noexcept;

  /// Lowers or raises it to `bound` if it is beyond; the value after.
  quick_result<std::int64_t> min(std::int64_t bound) const noexcept;
  quick_result<std::int64_t> max(std::int64_t bound) const noexcept;

private:
  template <class Change>
  quick_result<std::int64_t> change(Change change) const noexcept;
};

} // namespace holdfast::shm
