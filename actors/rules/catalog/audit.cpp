#include "actors/rules/catalog/audit.hpp"

#include <algorithm>
#include <string_view>

namespace holdfast::catalog {

namespace {

bool begins(std::string_view text, std::string_view with) {
  return text.substr(0, with.size()) == with;
}

bool in_range(const audit_record& record, const audit_query& query) {
  return record.index > query.after
         && (query.up_to == 0 || record.index <= query.up_to)
         && record.leader_ms >= query.from_ms
         && (query.to_ms == 0 || record.leader_ms < query.to_ms);
}

bool concerns(const audit_record& record, const std::string& tenant) {
  return record.by.tenant == tenant || record.target == tenant
         || begins(record.target, tenant + '/');
}

bool fits(const audit_record& record, const audit_query& query) {
  return in_range(record, query)
         && (query.tenant.empty() || concerns(record, query.tenant))
         && (query.principal.empty() || record.by.principal == query.principal)
         && (query.session == 0 || record.by.session == query.session)
         && (query.node == 0 || record.by.node == query.node)
         && (query.command.empty() || record.command == query.command)
         && begins(record.target, query.target)
         && (!query.only_refused || record.code != shm::errc::ok);
}

} // namespace

void audit_trail::add(audit_record record, std::size_t records_max) {
  records_.push_back(std::move(record));
  while (records_.size() > records_max)
    records_.pop_front();
}

audit_page audit_trail::find(const audit_query& query) const {
  audit_page page;
  // Indexes ascend, so what was seen is skipped without looking at it.
  auto at = std::upper_bound(records_.begin(), records_.end(), query.after,
                             [](log_index after, const audit_record& each) {
                               return after < each.index;
                             });
  for (; at != records_.end(); ++at) {
    if (!fits(*at, query))
      continue;
    if (page.records.size() == query.count_max) {
      page.more = true;
      break;
    }
    page.records.push_back(*at);
  }
  return page;
}

} // namespace holdfast::catalog
