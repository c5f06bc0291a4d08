// Any bytes are an instance or an error; what is accepted reads back the same.
#include "runtime/instance_file.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace holdfast;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input,
                                      std::size_t size) {
  const auto read
    = runtime::instance_in({reinterpret_cast<const char*>(input), size});
  if (!read)
    return 0;
  const auto again
    = runtime::instance_in(runtime::text_of(read.assume_value()));
  if (!again || !(again.assume_value() == read.assume_value()))
    std::abort();
  return 0;
}
