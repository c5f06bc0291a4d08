#include "tests/actors/region_holders.hpp"

#include "actors/region_disk.hpp"

#include <fcntl.h>

namespace holdfast::test {

using namespace std::chrono_literals;

namespace {

/// Hands what a holder says to the router of the other node, as from it.
class stepped_links : public actors::replication_links {
public:
  explicit stepped_links(region_holders& stage) : stage_{stage} {
    // nop
  }

  void follow(const replication_place& to) override {
    followed_.insert(to.node);
  }

  void forget(std::uint64_t node) override {
    followed_.erase(node);
  }

  void send(std::uint64_t to, region_packet packet) override {
    if (!followed_.contains(to))
      return;
    if (stage_.spoils_values)
      spoil(packet);
    caf::anon_send(stage_.on(to).region, std::move(packet));
  }

private:
  static void spoil(region_packet& packet) {
    auto said = actors::unpack(packet.content);
    if (!said || said->payload.empty())
      return;
    said->payload.back() = '\xff';
    packet = actors::in_parts(packet, actors::pack(std::move(*said)),
                              packet.content.size())
               .front();
  }

  region_holders& stage_;
  std::set<std::uint64_t> followed_;
};

actors::router_route route_to(std::uint64_t node,
                              const actors::region_router_actor& router) {
  actors::router_route made{node, router, {}};
  made.replication.node = node;
  made.replication.link = {1, node};
  return made;
}

} // namespace

region_holders::region_holders() {
  begin();
}

region_holders::region_holders(bool durably) : durable{durably} {
  for (auto& each : disks)
    each = std::make_shared<memory_disk>();
}

void region_holders::begin() {
  for (std::uint64_t node = 1; node <= count; ++node)
    start_node(node, 1);
  place(1, {2, 3});
  advance(50ms);
  settle();
}

void region_holders::start_node(std::uint64_t node, std::uint64_t life) {
  auto& made = on(node);
  shm::region_options wanted;
  wanted.region_id = 77;
  wanted.tenant = "prod";
  wanted.name = "quotes";
  wanted.bytes = wanted.bytes_max = 1 << 20;
  wanted.variables_max = 16;
  make_region_request request{wanted, {}, {}};
  for (const auto* name : {"title", "body"})
    request.variables.push_back(
      {name, shm::layout::variable_kind::string, "string", 4000});
  if (durable)
    request.kept = kept_on_disk{{{"title", 101}, {"body", 102}},
                                placed.began_empty,
                                placed.settled_holders.contains(node)};
  actors::region_maker_options here;
  if (durable)
    here.disks = std::make_shared<memory_region_disks>(disks[node - 1]);
  auto fresh
    = ask<made_region>(start(actors::region_maker, std::move(here)), request);
  REQUIRE(fresh);
  made.memory = fresh->region;
  const auto links = std::make_shared<stepped_links>(*this);
  made.router = start(actors::region_router,
                      actors::region_router_options{links, nullptr});
  auto options = tenant_region_options_of(*this, made.memory);
  options.variables = {{"title", 101}, {"body", 102}};
  options.maker = maker;
  options.router = made.router;
  options.links = links;
  options.node = node;
  options.incarnation = {life, node};
  options.life = life;
  options.admitted = life == 1 ? 1 : ++entries;
  options.rule.durable = durable;
  options.rule.tick = tick;
  options.found = fresh->found;
  if (fresh->storage)
    options.disk = start(actors::region_disk, fresh->storage);
  made.region = start(actors::tenant_region, options);
  lives[node] = life;
  alive.insert(node);
  mend(node);
}

void region_holders::kill_node(std::uint64_t node) {
  alive.erase(node);
  cut(node);
  end(on(node).region);
  end(on(node).router);
  for (const auto other : alive)
    tell(on(other).router, holder_died{node, {lives[node], node}});
}

void region_holders::cut(std::uint64_t node) {
  for (const auto other : alive) {
    tell(on(other).router, actors::router_route{node, {}, {}});
    if (alive.contains(node))
      tell(on(node).router, actors::router_route{other, {}, {}});
  }
}

void region_holders::mend(std::uint64_t node) {
  for (const auto other : alive) {
    if (other == node)
      continue;
    tell(on(other).router, route_to(node, on(node).router));
    tell(on(node).router, route_to(other, on(other).router));
  }
}

void region_holders::place(std::uint64_t home,
                           std::set<std::uint64_t> replicas) {
  placed.home = home;
  placed.replicas = std::move(replicas);
  placed.epoch = ++entries;
  if (placed.settled_holders.empty())
    placed.began_empty = placed.epoch;
  tell_placement();
}

void region_holders::settle() {
  placed.settled_epoch = placed.epoch;
  placed.settled_holders = placed.holders();
  tell_placement();
}

void region_holders::tell_placement() {
  for (const auto node : alive)
    tell(on(node).region, placement_decided{placed, {}});
}

region_replica::status region_holders::rule_of(std::uint64_t node) {
  return ask<region_report>(on(node).region, region_status_query{})->replicated;
}

std::string region_holders::on_disk(std::uint64_t node,
                                    region_replica::variable_key key) const {
  const auto& kept = disks[node - 1]->complete;
  if (!kept)
    return "nothing";
  const auto found = kept->rows.find(key);
  if (found == kept->rows.end())
    return "no value";
  const auto value
    = region_replica::store_ledger::without_tail(found->second.second);
  return value ? std::string{value->begin(), value->end()} : "no tail";
}

std::string region_holders::read(std::uint64_t node) {
  const auto found = title(node).read();
  return found ? found.assume_value().value
               : std::string{shm::name_of(found.error())};
}

void region_holders::store(std::uint64_t node, const std::string& text) {
  REQUIRE(title(node).store(text));
  tell(on(node).region, doorbell_rung{});
}

answered<attached_region>
region_holders::attach(caf::scoped_actor& as, std::uint64_t node,
                       shm::access access, std::chrono::milliseconds patience) {
  return ask_as<attached_region>(as, on(node).region, attach_request{7, access},
                                 patience);
}

shm::region_view
region_holders::view_of(const answered<attached_region>& attached,
                        shm::access access) {
  const auto copy = [](const shm::shared_descriptor& of) {
    return shm::descriptor{::fcntl(of->get(), F_DUPFD_CLOEXEC, 0)};
  };
  shm::attach_grant grant;
  grant.control = copy(attached->control);
  grant.data = copy(attached->data);
  grant.granted = access;
  grant.owner = attached->owner;
  return shm::region_view::attach(std::move(grant)).value();
}

store_value_request region_holders::from_session(const std::string& text,
                                                 std::uint64_t serial) {
  store_value_request made;
  made.region = 77;
  made.by = {3, {1, 3}, 40};
  made.serial = serial;
  made.variable = "title";
  made.value.assign(text.begin(), text.end());
  return made;
}

answered<nothing> region_holders::flush(std::uint64_t node,
                                        std::uint64_t stored_in) {
  return ask<nothing>(on(node).region, flush_request{stored_in, false});
}

} // namespace holdfast::test
