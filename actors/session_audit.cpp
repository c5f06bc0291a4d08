// What a session tells of the audit trail: this node's copy, so that every node
// can be asked.
#include "actors/session_replies.hpp"

namespace holdfast::actors {

namespace {

wire::fields row_of(const catalog::audit_record& record) {
  return {{"index", record.index},
          {"unix_ms", record.leader_ms},
          {"tenant", record.by.tenant},
          {"principal", record.by.principal},
          {"session", record.by.session},
          {"node", record.by.node},
          {"address", record.by.address},
          {"command", record.command},
          {"target", record.target},
          {"outcome", std::string{shm::name_of(record.code)}},
          {"text", record.text}};
}

} // namespace

void list_decisions(session_pointer self, const asked& request) {
  catalog::audit_query query;
  query.after = wire::number_or(request.fields, "after", 0);
  query.node = wire::number_or(request.fields, "node", 0);
  query.only_refused = wire::number_or(request.fields, "refused", 0) != 0;
  query.command = request.text("command");
  query.target = request.text("target");
  // Of no other tenant, whoever asks.
  query.tenant = self->state.who->tenant;
  self->request(self->state.options.catalog, caf::infinite, std::move(query))
    .then(
      [self, id = request.id](const catalog::audit_page& page) {
        wire::rows rows;
        for (const auto& record : page.records)
          rows.push_back(row_of(record));
        answer(self, id, {{"rows", std::move(rows)}, {"more", page.more}});
      },
      refusing(self, request.id));
}

} // namespace holdfast::actors
