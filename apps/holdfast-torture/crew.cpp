#include "apps/holdfast-torture/crew.hpp"

#include "apps/processes/interruption.hpp"

#include <signal.h>

#include <iterator>
#include <stdexcept>
#include <utility>
#include <vector>

namespace holdfast::torture {

namespace {

std::string_view word_for(client_role role) noexcept {
  switch (role) {
  case client_role::writer:
    return "writer";
  case client_role::spinner:
    return "spinner";
  case client_role::sleeper:
    return "sleeper";
  }
  return "?";
}

std::vector<std::string> arguments_of(const client_options& who) {
  std::vector<std::string> made{"client",
                                "--socket",
                                who.socket,
                                "--history",
                                who.history,
                                "--id",
                                std::to_string(who.id),
                                "--node",
                                std::to_string(who.node),
                                "--variables",
                                std::to_string(who.variables),
                                "--role",
                                std::string{word_for(who.role)},
                                "--seed",
                                std::to_string(who.seed)};
  if (who.on_disk)
    made.push_back("--on-disk");
  return made;
}

} // namespace

crew::crew(const torture_options& options, const nodes& at,
           const std::string& directory)
  : output_{directory + "/clients.log"}, seed_{options.seed} {
  for (const auto node : at.all())
    for (const auto role :
         {client_role::writer, client_role::spinner, client_role::sleeper}) {
      client_options who;
      who.socket = at.socket(node);
      who.history = directory + "/histories";
      who.node = node;
      who.variables = options.variables;
      who.role = role;
      who.on_disk = options.on_disk();
      start(std::move(who));
    }
}

void crew::start(client_options who) {
  who.id = next_id();
  who.seed = seed_ * 1000 + who.id;
  processes::process running{
    {.program = processes::program_directory() + "/holdfast-torture",
     .arguments = arguments_of(who),
     .output = output_}};
  const auto id = who.id;
  members_.emplace(id, member{std::move(who), std::move(running)});
}

client_options crew::replace(std::uint64_t choice) {
  const auto place = std::next(
    members_.begin(), static_cast<std::ptrdiff_t>(choice % members_.size()));
  auto who = place->second.who;
  place->second.running.kill();
  members_.erase(place);
  start(who);
  return who;
}

std::string crew::ended() {
  std::string all;
  for (auto& [id, each] : members_)
    if (const auto code
        = each.running.wait_for_end(std::chrono::milliseconds{0}))
      all += "client " + std::to_string(id) + " ended with "
             + std::to_string(*code) + ": " + processes::text_of_file(output_);
  return all;
}

void crew::stop() {
  for (auto& [_, each] : members_)
    each.running.signal(SIGTERM);
  for (auto& [id, each] : members_)
    if (each.running.wait_for_end(defaults::end_patience) != 0)
      throw std::runtime_error{"client " + std::to_string(id)
                               + " does not end in order: "
                               + processes::text_of_file(output_)};
  members_.clear();
}

} // namespace holdfast::torture
