#include "apps/holdfast-torture/history_tail.hpp"

#include "apps/holdfast-torture/checker/history_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace holdfast::torture {

void history_tail::look() {
  std::error_code ignored; // it is only slower to notice
  for (const auto& each :
       std::filesystem::directory_iterator{directory_, ignored}) {
    if (each.path().extension() != ".history")
      continue;
    auto& place = files_[each.path().string()];
    if (!place.open)
      place.open
        = shm::descriptor{::open(each.path().c_str(), O_RDONLY | O_CLOEXEC)};
    look(place);
  }
}

void history_tail::look(file& into) {
  std::array<record, 256> some;
  for (;;) {
    const auto at = static_cast<off_t>(into.next * sizeof(record));
    const auto bytes = ::pread(into.open.get(), some.data(), sizeof some, at);
    const auto count = bytes > 0
                         ? static_cast<std::size_t>(bytes) / sizeof(record)
                         : std::size_t{0};
    for (std::size_t i = 0; i < count; ++i, ++into.next) {
      if (some[i].state != state_ended)
        return;
      if (some[i].flushed())
        last_flush_ns_ = std::max(last_flush_ns_, some[i].begin_ns);
    }
    if (count == 0)
      return;
  }
}

} // namespace holdfast::torture
