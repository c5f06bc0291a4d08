// The cast of a node alone, step by step: elector, store in memory, catalog,
// region keeper.
#pragma once

#include "actors/catalog.hpp"
#include "actors/elector.hpp"
#include "actors/log_store.hpp"
#include "actors/region_keeper.hpp"
#include "tests/support/memory_storage.hpp"
#include "tests/support/stepped_system.hpp"

#include <map>
#include <memory>
#include <string>

namespace holdfast::test {

inline constexpr std::uint64_t mebibyte = 1 << 20;

class lone_node : public stepped_system {
public:
  /// Routed: what is on another node is asked for there.
  explicit lone_node(bool routed = false);
  virtual ~lone_node() = default;

  /// Starts all of it on the disk that is there, and enters.
  void begin();
  void start_cast();
  /// What the cast then enters with.
  actors::enter_request entrance() const;
  /// All its actors end; the disk stays.
  void kill();

  answered<nothing> run_command(catalog::command command,
                                catalog::caller by = {});
  answered<actors::tenant_region_actor> find(const std::string& tenant,
                                             const std::string& region);
  std::shared_ptr<const catalog::contents> tables();

  /// Room for a few regions of a mebibyte.
  void make_tenant(const std::string& name);
  /// As a cluster would have it: another member, which is not there.
  void join(std::uint64_t node);

  consensus::membership members{{{1, "alone", consensus::member_role::voter}}};
  std::shared_ptr<kept_log> disk = std::make_shared<kept_log>();
  actors::region_maker_actor maker;
  actors::catalog_actor catalog;
  actors::log_store_actor store;
  actors::elector_actor elector;
  actors::region_keeper_actor keeper;
  actors::region_router_actor router; ///< null unless routed
  /// Of every region that was made, the latest by name.
  std::map<std::string, std::shared_ptr<shm::region>> memories;

protected:
  /// On `disk`, unless a test has another one.
  virtual actors::log_store_actor start_store();

private:
  void start_catalog();
  void start_elector();
  void start_keeper();

  std::uint64_t starts_ = 0;
};

} // namespace holdfast::test
