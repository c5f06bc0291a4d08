#include "tests/bench/redis_line.hpp"

#include <unistd.h>

#include <charconv>
#include <chrono>
#include <stdexcept>
#include <utility>

namespace holdfast::bench {

namespace {

using namespace std::chrono_literals;

class redis_decider final : public decider {
public:
  redis_decider(std::uint16_t port, std::string_view key, unsigned replicas)
    : line_{port},
      request_{redis_command({"SET", key, std::string(64, 'x')})},
      replicas_{replicas} {
    if (replicas > 0)
      request_ += redis_command({"WAIT", std::to_string(replicas), "1000"});
  }

  int socket() const override {
    return line_.socket();
  }

  bool ask() override {
    missing_ = replicas_ > 0 ? 2 : 1;
    refused_ = false;
    return line_.send(request_);
  }

  answer take() override {
    try {
      while (missing_ > 0) {
        const auto reply = line_.take();
        if (!reply)
          return answer::none;
        --missing_;
        refused_ = refused_ || reply->starts_with('-')
                   || (reply->starts_with(':')
                       && std::stoul(reply->substr(1)) < replicas_);
      }
    } catch (const std::runtime_error&) {
      return answer::broken;
    }
    return refused_ ? answer::refused : answer::accepted;
  }

private:
  redis_line line_;
  std::string request_;
  unsigned replicas_;
  int missing_ = 0;
  bool refused_ = false;
};

} // namespace

std::string installed_program(std::string_view name) {
  for (const std::string folder :
       {"/usr/bin/", "/usr/sbin/", "/usr/local/bin/"})
    if (const auto path = folder + std::string{name};
        ::access(path.c_str(), X_OK) == 0)
      return path;
  return {};
}

std::string redis_command(std::initializer_list<std::string_view> words) {
  auto made = "*" + std::to_string(words.size()) + "\r\n";
  for (const auto word : words) {
    made += "$" + std::to_string(word.size()) + "\r\n";
    made += word;
    made += "\r\n";
  }
  return made;
}

std::optional<std::string> redis_line::take() {
  for (int i = 0; i < 2; ++i) {
    const auto came = line_.received();
    const auto end = came.find("\r\n");
    if (end != std::string_view::npos) {
      const auto head = came.substr(0, end);
      if (!head.starts_with('$')) {
        std::string reply{head};
        line_.drop(end + 2);
        return reply;
      }
      int length = 0;
      std::from_chars(head.data() + 1, head.data() + head.size(), length);
      if (length < 0) {
        line_.drop(end + 2);
        return "$";
      }
      const auto whole = end + 2 + static_cast<std::size_t>(length) + 2;
      if (came.size() >= whole) {
        auto reply = "$"
                     + std::string{
                       came.substr(end + 2, static_cast<std::size_t>(length))};
        line_.drop(whole);
        return reply;
      }
    }
    if (i == 0 && !line_.receive())
      throw std::runtime_error{"Redis hung up"};
  }
  return std::nullopt;
}

std::string redis_line::await() {
  const auto until = std::chrono::steady_clock::now() + 20s;
  for (;;) {
    if (auto reply = take())
      return *reply;
    if (!line_.wait_and_receive(until))
      throw std::runtime_error{"Redis does not answer"};
  }
}

std::string redis_line::ask(std::initializer_list<std::string_view> words) {
  if (!send(redis_command(words)))
    throw std::runtime_error{"Redis hung up"};
  return await();
}

void redis_line::await_all(std::size_t count) {
  for (; count > 0; --count)
    if (const auto reply = await(); reply.starts_with('-'))
      throw std::runtime_error{"Redis says " + reply};
}

std::unique_ptr<decider> make_redis_decider(std::uint16_t port,
                                            std::string_view key,
                                            unsigned replicas) {
  return std::make_unique<redis_decider>(port, key, replicas);
}

} // namespace holdfast::bench
