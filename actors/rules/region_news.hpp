// What to tell a subscriber about the region itself: attached, lost.
//
// The two alternate, however slow the subscriber is: losses and returns in
// between are left out in pairs. Values wait until it knows where they are
// from.
#pragma once

namespace holdfast::rules {

class region_news {
public:
  enum class news { none, attached, lost };

  void on_attached() noexcept {
    attached_ = true;
  }

  void on_lost() noexcept {
    if (attached_ && told_)
      owes_loss_ = true;
    attached_ = false;
  }

  /// What to send now.
  news next() const noexcept {
    if (under_way_)
      return news::none;
    if (owes_loss_)
      return news::lost;
    return attached_ && !told_ ? news::attached : news::none;
  }

  /// What next() said went out.
  void on_sent() noexcept {
    told_ = !owes_loss_;
    owes_loss_ = false;
    under_way_ = true;
  }

  void on_acknowledged() noexcept {
    under_way_ = false;
  }

  /// True while the subscriber knows that the region is attached: values may
  /// go out.
  bool settled() const noexcept {
    return attached_ && told_ && !owes_loss_ && !under_way_;
  }

private:
  bool attached_ = false;  // now
  bool told_ = false;      // that it is attached
  bool owes_loss_ = false; // the attachment it was told of is gone
  bool under_way_ = false;
};

} // namespace holdfast::rules
