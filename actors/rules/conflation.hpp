// What to tell a subscriber of one variable, and when.
//
// One message is on its way at a time. While it is, versions come and go
// untold; when the subscriber is done with it, it is told the latest and how
// many it did not see. So a slow subscriber costs one message per variable,
// and the last value always reaches it.
#pragma once

#include <cstdint>
#include <optional>

namespace holdfast::rules {

class conflation {
public:
  enum class news { none, value, removal };

  /// What to send now that the variable has this version (0: no value yet), or
  /// is not there.
  news next(std::optional<std::uint64_t> latest) const noexcept {
    if (under_way_)
      return news::none;
    if (!latest)
      return present_ ? news::removal : news::none;
    return *latest != 0 && (!present_ || *latest != told_) ? news::value
                                                           : news::none;
  }

  /// A value went out; how many versions since the one before it did not.
  std::uint64_t on_value_sent(std::uint64_t version) noexcept {
    const auto skipped
      = present_ && told_ != 0 && version > told_ ? version - told_ - 1 : 0;
    under_way_ = present_ = true;
    told_ = version;
    return skipped;
  }

  void on_removal_sent() noexcept {
    under_way_ = true;
    present_ = false;
    told_ = 0;
  }

  void on_acknowledged() noexcept {
    under_way_ = false;
  }

  /// The region was attached anew: its versions do not continue the old ones.
  /// What is on its way still is.
  void on_restart() noexcept {
    told_ = 0;
  }

  bool under_way() const noexcept {
    return under_way_;
  }

  /// The subscriber knows of no value, and nothing is on its way.
  bool forgettable() const noexcept {
    return !present_ && !under_way_;
  }

private:
  std::uint64_t told_ = 0; // version, 0: none of this attachment
  bool present_ = false;   // as far as the subscriber was told
  bool under_way_ = false;
};

} // namespace holdfast::rules
