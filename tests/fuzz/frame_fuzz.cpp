// Any bytes decode to a frame or to an error; what decodes also encodes, to
// the same bytes: there is one way to say each thing.
#include "shm/wire/frame.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

using namespace holdfast;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input,
                                      std::size_t size) {
  const auto packet = std::as_bytes(std::span{input, size});
  const auto decoded = wire::decode(packet);
  if (!decoded)
    return 0;
  const auto encoded = wire::encode(decoded.assume_value());
  if (!encoded
      || !std::equal(packet.begin(), packet.end(),
                     encoded.assume_value().begin(),
                     encoded.assume_value().end()))
    std::abort();
  if (decoded.assume_value().kind == wire::frame_kind::failure
      && wire::error_of(decoded.assume_value()).code == shm::errc::ok)
    std::abort();
  return 0;
}
