// The disk of a simulated node: outlives its actors, and fails when told to.
#pragma once

#include "actors/region_storage.hpp"

#include <map>
#include <memory>
#include <utility>

namespace holdfast::test {

using rows_by_key
  = std::map<region_replica::variable_key,
             std::pair<region_replica::stamp, std::vector<char>>>;

struct disk_content {
  rows_by_key rows;
  region_replica::epoch_number held = 0;
};

/// What is kept of one region.
struct memory_disk {
  std::optional<disk_content> complete;
  std::optional<disk_content> begun; ///< not yet complete
  std::optional<shm::error> fails;
  std::uint64_t commits = 0;
  std::uint64_t anew = 0;
  bool damaged = false;
  bool broken = false; ///< failed, and not begun anew since
};

class memory_region_storage final : public region_storage {
public:
  explicit memory_region_storage(std::shared_ptr<memory_disk> disk)
    : disk_{std::move(disk)} {
    disk_->begun.reset();
    disk_->broken = true;
  }

  shm::result<region_replica::epoch_number> load(const visitor& show) override {
    if (!disk_->complete)
      return shm::failed(shm::errc::no_value);
    for (const auto& [key, row] : disk_->complete->rows)
      if (auto shown = show(key, row.first, row.second); !shown)
        return std::move(shown).assume_error();
    if (std::exchange(disk_->damaged, false)) {
      disk_->complete.reset();
      return shm::failed(shm::errc::corrupt, "a byte is wrong");
    }
    disk_->broken = false;
    return disk_->complete->held;
  }

  shm::result<void> commit(const region_writes& what) override {
    if (disk_->fails) {
      disk_->broken = disk_->broken || disk_->fails->code != shm::errc::full;
      return *disk_->fails;
    }
    ++disk_->commits;
    if (what.anew) {
      ++disk_->anew;
      disk_->begun.emplace();
      disk_->broken = false;
    }
    if (disk_->broken)
      return shm::failed(shm::errc::unavailable);
    auto& into = disk_->begun ? disk_->begun : disk_->complete;
    for (const auto& each : what.rows)
      into->rows[each.key] = {each.stored, each.bytes};
    for (const auto key : what.removed)
      into->rows.erase(key);
    if (what.held)
      into->held = *what.held;
    if (what.held && disk_->begun)
      disk_->complete = std::exchange(disk_->begun, std::nullopt);
    return boost::outcome_v2::success();
  }

  void remove() override {
    disk_->complete.reset();
    disk_->begun.reset();
  }

private:
  std::shared_ptr<memory_disk> disk_;
};

/// Of a node that has one region.
class memory_region_disks final : public region_storages {
public:
  explicit memory_region_disks(std::shared_ptr<memory_disk> disk)
    : disk_{std::move(disk)} {
    // nop
  }

  std::shared_ptr<region_storage> open(const region_identity&) override {
    return std::make_shared<memory_region_storage>(disk_);
  }
  void keep_only(const std::set<std::uint64_t>&) override {
    // nop
  }

private:
  std::shared_ptr<memory_disk> disk_;
};

} // namespace holdfast::test
