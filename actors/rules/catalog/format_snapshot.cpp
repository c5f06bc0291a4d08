// A snapshot: head, then records, each a length and a frame whose command
// names the table. Tables come in a fixed order, rows by their keys.
#include "actors/rules/catalog/format_head.hpp"
#include "actors/rules/catalog/format_rows.hpp"
#include "config/defaults.hpp"

#include <cassert>

namespace holdfast::catalog {

namespace {

constexpr std::size_t length_bytes = 4;

/// Variables in a record: at their longest they fit a frame.
constexpr std::size_t variables_per_record = 128;

// -- writing ------------------------------------------------------------------

class record_writer {
public:
  record_writer() {
    put_head(out_, stored::snapshot);
  }

  /// What stands in the tables was checked on its way in, so it fits.
  void put(std::string_view table, wire::fields fields) {
    wire::frame frame;
    frame.command = table;
    frame.fields = std::move(fields);
    const auto packet = wire::encode(frame);
    assert(packet);
    const auto& bytes = packet.assume_value();
    for (std::size_t i = 0; i < length_bytes; ++i)
      out_.push_back(static_cast<std::uint8_t>(bytes.size() >> (8 * i)));
    for (const auto each : bytes)
      out_.push_back(static_cast<std::uint8_t>(each));
  }

  octets take() {
    return std::move(out_);
  }

private:
  octets out_;
};

/// The fields of several values, one behind the other.
template <class... Parts>
wire::fields fields_of(const Parts&... parts) {
  field_writer fields;
  (describe(fields, parts), ...);
  return fields.take();
}

/// A field of its own before the fields of a value.
template <class Key, class Row>
wire::fields keyed(std::string_view name, const Key& key, const Row& row) {
  field_writer fields;
  fields(name, key);
  describe(fields, row);
  return fields.take();
}

wire::fields opening(const contents& of, const limits& bounds) {
  field_writer fields;
  fields("applied", of.applied);
  fields("cluster_high", of.cluster.high);
  fields("cluster_low", of.cluster.low);
  fields("leader_ms", of.leader_ms);
  fields("last_leave", of.last_leave);
  describe(fields, bounds);
  return fields.take();
}

void put_tenants(record_writer& into, const contents& of) {
  for (const auto& [name, each] : of.tenants) {
    into.put("tenant", keyed("tenant", name, each.quota.limits()));
    for (const auto& principal : each.principals)
      into.put("principal", keyed("tenant", name, principal));
  }
}

void put_variables(record_writer& into, const region& of) {
  std::vector<variable> some;
  const auto put = [&] {
    field_writer fields;
    fields("variables", some);
    into.put("variables", fields.take());
    some.clear();
  };
  for (const auto& [name, each] : of.variables) {
    some.push_back(each);
    if (some.size() == variables_per_record)
      put();
  }
  if (!some.empty())
    put();
}

void put_results(record_writer& into, const contents& of) {
  for (const auto& [from, results] : of.results) {
    field_writer fields;
    describe(fields, from);
    fields("forgotten", results.forgotten());
    into.put("origin", fields.take());
    for (const auto& [id, result] : results.kept())
      into.put("result", keyed("request", id, result));
  }
}

// -- reading ------------------------------------------------------------------

/// Puts records back; what belongs to a row before it goes to the last one.
class record_reader {
public:
  explicit record_reader(const limits& bounds) : bounds_{bounds} {
    // nop
  }

  shm::result<void> take(const wire::frame& record) {
    field_reader fields{record.fields};
    const bool fits = take_table(record.command, fields);
    if (const auto& problem = fields.finish(); !problem.empty())
      return corrupt(record.command + ": " + problem);
    if (!fits)
      return corrupt(record.command + ": out of place");
    return boost::outcome_v2::success();
  }

  contents finish() {
    return std::move(into_);
  }

private:
  bool take_table(const std::string& table, field_reader& fields) {
    if (table == "catalog")
      return take_opening(fields);
    if (table == "member")
      return take_row("node", into_.members, fields);
    if (table == "tenant")
      return take_tenant(fields);
    if (table == "principal")
      return take_principal(fields);
    if (table == "region")
      return take_region(fields);
    if (table == "variables")
      return take_variables(fields);
    if (table == "retired")
      return take_row("id", into_.retired, fields);
    if (table == "session")
      return take_row("session", into_.sessions, fields);
    if (table == "origin")
      return take_origin(fields);
    if (table == "result")
      return take_result(fields);
    return table == "audit" && take_audit(fields);
  }

  bool take_opening(field_reader& fields) {
    limits kept_under;
    fields("applied", into_.applied);
    fields("cluster_high", into_.cluster.high);
    fields("cluster_low", into_.cluster.low);
    fields("leader_ms", into_.leader_ms);
    fields("last_leave", into_.last_leave);
    describe(fields, kept_under);
    return kept_under == bounds_;
  }

  template <class Table>
  bool take_row(std::string_view key, Table& into, field_reader& fields) {
    typename Table::key_type id{};
    typename Table::mapped_type row{};
    fields(key, id);
    describe(fields, row);
    return into.emplace(id, std::move(row)).second;
  }

  bool take_tenant(field_reader& fields) {
    std::string name;
    rules::quota_limits quota;
    fields("tenant", name);
    describe(fields, quota);
    return into_.tenants.emplace(name, tenant{rules::quota{quota}}).second;
  }

  bool take_principal(field_reader& fields) {
    std::string name;
    principal read;
    fields("tenant", name);
    describe(fields, read);
    const auto found = into_.tenants.find(name);
    if (found == into_.tenants.end())
      return false;
    found->second.principals.push_back(std::move(read));
    return true;
  }

  bool take_region(field_reader& fields) {
    region_name name;
    region read;
    describe(fields, name);
    describe(fields, read);
    const auto [at, added] = into_.regions.emplace(name, std::move(read));
    last_region_ = &at->second;
    return added;
  }

  bool take_variables(field_reader& fields) {
    std::vector<variable> some;
    fields("variables", some);
    if (last_region_ == nullptr)
      return false;
    for (auto& each : some) {
      auto name = each.name;
      if (!last_region_->variables.emplace(name, std::move(each)).second)
        return false;
    }
    return true;
  }

  bool take_origin(field_reader& fields) {
    origin from;
    std::uint64_t forgotten = 0;
    describe(fields, from);
    fields("forgotten", forgotten);
    const auto [at, added] = into_.results.try_emplace(from);
    last_results_ = &at->second;
    results_max_ = from.kind == origin_kind::node ? bounds_.results_per_node
                                                  : bounds_.results_per_session;
    return added && last_results_->restore_forgotten(forgotten);
  }

  bool take_result(field_reader& fields) {
    std::uint64_t request = 0;
    outcome result;
    fields("request", request);
    describe(fields, result);
    return last_results_ != nullptr
           && last_results_->restore(request, std::move(result), results_max_);
  }

  bool take_audit(field_reader& fields) {
    audit_record record;
    describe(fields, record);
    into_.audit.add(std::move(record), bounds_.audit_records);
    return true;
  }

  limits bounds_;
  contents into_;
  region* last_region_ = nullptr;
  request_results* last_results_ = nullptr;
  std::size_t results_max_ = 0;
};

std::size_t length_at(std::span<const std::uint8_t> from) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < length_bytes; ++i)
    length |= std::size_t{from[i]} << (8 * i);
  return length;
}

shm::result<contents> read_records(std::span<const std::uint8_t> left,
                                   const limits& bounds) {
  record_reader reader{bounds};
  while (!left.empty()) {
    if (left.size() < length_bytes
        || length_at(left) > left.size() - length_bytes)
      return corrupt("a snapshot that ends in the middle of a record");
    const auto packet = left.subspan(length_bytes, length_at(left));
    const auto record = wire::decode(std::as_bytes(packet));
    if (!record)
      return corrupt(record.assume_error().detail);
    if (auto taken = reader.take(record.assume_value()); !taken)
      return taken.assume_error();
    left = left.subspan(length_bytes + packet.size());
  }
  return reader.finish();
}

} // namespace

octets encode_snapshot(const tables& from) {
  const auto& of = from.all();
  record_writer into;
  into.put("catalog", opening(of, from.bounds()));
  for (const auto& [id, each] : of.members)
    into.put("member", keyed("node", id, each));
  put_tenants(into, of);
  for (const auto& [name, each] : of.regions) {
    into.put("region", fields_of(name, each));
    put_variables(into, each);
  }
  for (const auto& [id, each] : of.retired)
    into.put("retired", keyed("id", id, each));
  for (const auto& [id, each] : of.sessions)
    into.put("session", keyed("session", id, each));
  put_results(into, of);
  for (const auto& each : of.audit.records())
    into.put("audit", fields_of(each));
  return into.take();
}

shm::result<tables> decode_snapshot(std::span<const std::uint8_t> from,
                                    limits bounds) {
  if (from.size() > config::catalog_snapshot_bytes_max)
    return corrupt("a snapshot of " + std::to_string(from.size())
                   + " bytes, at most "
                   + std::to_string(config::catalog_snapshot_bytes_max));
  if (auto head = check_head(from, stored::snapshot); !head)
    return head.assume_error();
  auto read = read_records(from.subspan(head_bytes), bounds);
  if (!read)
    return read.assume_error();
  auto made = tables::restore(std::move(read).assume_value(), bounds);
  if (!made)
    return made;
  // One way to write it: another order of records is refused here.
  const auto again = encode_snapshot(made.assume_value());
  if (!std::equal(from.begin(), from.end(), again.begin(), again.end()))
    return corrupt("a snapshot that is not written as it should be");
  return made;
}

} // namespace holdfast::catalog
