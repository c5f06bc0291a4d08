#include "runtime/node_identity.hpp"

#include "runtime/whole_file.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <array>
#include <filesystem>

namespace holdfast::runtime {

namespace {

constexpr std::size_t seed_bytes = crypto_sign_SEEDBYTES;

const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* raw(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

shm::result<std::string> read_seed(const std::string& path) {
  auto read = read_whole(AT_FDCWD, path, seed_bytes, symbolic_links::refuse);
  if (!read && read.assume_error().code == shm::errc::too_long)
    return shm::failed(shm::errc::corrupt, path + " holds no key");
  if (!read)
    return std::move(read).assume_error();
  auto& found = read.assume_value();
  if ((found.mode & 0077U) != 0 || found.owner != ::geteuid())
    return shm::failed(shm::errc::refused,
                       path + " is open to others; chmod 0600 it");
  if (found.text.size() != seed_bytes)
    return shm::failed(shm::errc::corrupt, path + " holds no key");
  return std::move(found.text);
}

shm::result<std::string> seed_of(const std::string& path) {
  std::error_code failure;
  if (!std::filesystem::exists(
        std::filesystem::symlink_status(path, failure))) {
    std::string seed(seed_bytes, '\0');
    ::randombytes_buf(seed.data(), seed.size());
    if (auto made = write_new(path, seed, 0600); !made)
      return std::move(made).assume_error();
  }
  return read_seed(path);
}

shm::result<void> verify(const node_identity::key_lookup& find,
                         std::uint64_t node, std::string_view hello_key,
                         std::string_view text, std::string_view signature) {
  const auto who = "node " + std::to_string(node);
  const auto key = find(node);
  if (!key || key->size() != crypto_sign_PUBLICKEYBYTES)
    return shm::failed(shm::errc::refused, "no key is recorded for " + who);
  if (hello_key != *key)
    return shm::failed(shm::errc::refused,
                       who + " has another key than the recorded one");
  if (signature.size() != crypto_sign_BYTES
      || ::crypto_sign_verify_detached(raw(signature), raw(text), text.size(),
                                       raw(*key))
           != 0)
    return shm::failed(shm::errc::refused, "the signature is not of " + who);
  return boost::outcome_v2::success();
}

} // namespace

node_identity::node_identity(std::string public_key,
                             std::shared_ptr<const std::string> secret)
  : public_key_{std::move(public_key)}, secret_{std::move(secret)} {
  // nop
}

shm::result<node_identity> node_identity::open(const std::string& path) {
  if (::sodium_init() < 0)
    return shm::failed(shm::errc::system, "libsodium does not start");
  auto seed = seed_of(path);
  if (!seed)
    return std::move(seed).assume_error();
  std::string public_key(crypto_sign_PUBLICKEYBYTES, '\0');
  std::shared_ptr<std::string> secret{
    new std::string(crypto_sign_SECRETKEYBYTES, '\0'), [](std::string* text) {
      ::sodium_memzero(text->data(), text->size());
      delete text;
    }};
  ::crypto_sign_seed_keypair(raw(public_key), raw(*secret),
                             raw(seed.assume_value()));
  ::sodium_memzero(seed.assume_value().data(), seed.assume_value().size());
  return node_identity{std::move(public_key), std::move(secret)};
}

actors::peer_identity node_identity::as_peer(key_lookup find) const {
  actors::peer_identity made = unproven_identity();
  made.sign = [secret = secret_](std::string_view text) {
    std::string signature(crypto_sign_BYTES, '\0');
    ::crypto_sign_detached(raw(signature), nullptr, raw(text), text.size(),
                           raw(*secret));
    return signature;
  };
  made.verify = [find = std::move(find)](
                  std::uint64_t node, std::string_view hello_key,
                  std::string_view text, std::string_view signature) {
    return verify(find, node, hello_key, text, signature);
  };
  return made;
}

actors::peer_identity node_identity::as_shown() const {
  auto made = as_peer({});
  made.verify = [](std::uint64_t node, std::string_view hello_key,
                   std::string_view text, std::string_view signature) {
    const auto shown
      = [&](std::uint64_t) { return std::optional{std::string{hello_key}}; };
    return verify(shown, node, hello_key, text, signature);
  };
  return made;
}

actors::peer_identity unproven_identity() {
  actors::peer_identity made;
  made.draw = draw_wide_id;
  return made;
}

rules::wide_id draw_wide_id() {
  rules::wide_id id;
  while (!id) {
    ::randombytes_buf(&id.high, sizeof(id.high));
    ::randombytes_buf(&id.low, sizeof(id.low));
  }
  return id;
}

double draw_chance() {
  constexpr std::uint32_t steps = 1U << 20U;
  return static_cast<double>(::randombytes_uniform(steps)) / (steps - 1);
}

std::optional<std::string> bytes_of_digits(const std::string& digits) {
  std::string bytes(digits.size() / 2, '\0');
  std::size_t count = 0;
  if (::sodium_hex2bin(raw(bytes), bytes.size(), digits.data(), digits.size(),
                       nullptr, &count, nullptr)
        != 0
      || count * 2 != digits.size())
    return std::nullopt;
  return bytes;
}

std::string digits_of(const std::string& bytes) {
  std::string digits(bytes.size() * 2 + 1, '\0');
  ::sodium_bin2hex(digits.data(), digits.size(), raw(bytes), bytes.size());
  digits.pop_back();
  return digits;
}

} // namespace holdfast::runtime
