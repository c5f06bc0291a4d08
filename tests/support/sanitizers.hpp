// How much a test does where a sanitizer makes each step many times as slow.
#pragma once

namespace holdfast::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

/// So many rounds, or with a sanitizer the fewer ones: the plain build has gone
/// through all of them.
template <class Count>
constexpr Count rounds(Count all, Count with_sanitizer) noexcept {
  return sanitized ? with_sanitizer : all;
}

} // namespace holdfast::test
