#include "apps/holdfast-torture/node_files.hpp"

#include "apps/holdfast-torture/names.hpp"
#include "runtime/certificates.hpp"

#include <nlohmann/json.hpp>

#include <unistd.h>

#include <chrono>
#include <stdexcept>

namespace holdfast::torture {

namespace {

using nlohmann::json;

runtime::wall_time now() {
  return std::chrono::floor<std::chrono::seconds>(
    std::chrono::system_clock::now());
}

std::string file_of(const node_files& files, std::uint32_t id,
                    const char* ending) {
  return files.certificates + "/node-" + std::to_string(id) + ending;
}

json cluster_of(std::uint32_t id, const node_files& files) {
  json made{{"name", "torture"}, {"bind", files.addresses.at(id - 1)}};
  made["peers"] = json::array();
  for (std::size_t i = 0; i < files.addresses.size(); ++i)
    if (i + 1 != id)
      made["peers"].push_back({{"id", i + 1}, {"address", files.addresses[i]}});
  if (files.certificates.empty()) {
    made["transport"] = "insecure-loopback";
    return made;
  }
  made["transport"] = "tls";
  made["tls"] = {{"certificate", file_of(files, id, ".crt")},
                 {"key", file_of(files, id, ".key")},
                 {"authority", files.certificates + "/authority.crt"}};
  return made;
}

json tenants() {
  const json grant{{"regions", "*"},
                   {"rights", {"read", "write", "create", "admin"}}};
  const json own{
    {"name", "me"}, {"uid", ::geteuid()}, {"grants", json::array({grant})}};
  return json::array(
    {{{"name", tenant_name}, {"principals", json::array({own})}}});
}

} // namespace

void issue_certificates(const std::string& directory, std::uint32_t nodes) {
  if (const auto made = runtime::make_authority({directory, "torture"}, now());
      !made)
    throw std::runtime_error{made.assume_error().message()};
  for (std::uint32_t id = 1; id <= nodes; ++id)
    if (const auto made
        = runtime::issue_node_certificate({directory, directory, id}, now());
        !made)
      throw std::runtime_error{made.assume_error().message()};
}

std::string configuration_of(std::uint32_t id, const node_files& files) {
  json made = json::object();
  if (!files.config_template.empty())
    made = json::parse(files.config_template, nullptr, false, true);
  if (!made.is_object())
    throw std::runtime_error{"the template is no object of JSON"};
  json own{{"node",
            {{"id", id},
             {"data_directory", "@dir@/state"},
             {"socket", "@dir@/run/attach.sock"}}},
           {"tenants", tenants()}};
  if (files.addresses.size() > 1) {
    own["cluster"] = cluster_of(id, files);
    if (!made.contains(json::json_pointer{"/cluster/health"}))
      own["cluster"]["health"] = {{"profile", files.health}};
  }
  made.merge_patch(own);
  return made.dump(2);
}

} // namespace holdfast::torture
