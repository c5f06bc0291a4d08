#include "runtime/tls_files.hpp"

#include "runtime/pem.hpp"
#include "runtime/whole_file.hpp"
#include "shm/descriptor.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

namespace holdfast::runtime {

/// One check: what has been read so far, and what was found wrong.
struct tls_check {
  const tls_paths& paths;
  wall_time now;
  tls_check_options options;
  tls_findings found;
  tls_paths texts;
  std::vector<x509_handle> chain;
  std::vector<x509_handle> authorities;
  key_handle key;

  void complain(const std::string& file, std::string wrong,
                std::string remedy) {
    found.complaints.push_back({file, std::move(wrong), std::move(remedy)});
  }

  bool all_named();
  std::optional<std::string> read(const std::string& file);
  std::optional<std::string> read_certificates(const std::string& file,
                                               std::vector<x509_handle>& out);
  std::optional<std::string> read_key();
  void check_owner(const std::string& file, const whole_file& as);
  void check_key_is_private(const whole_file& as);
  void check_key_matches();
  void check_dates(const std::string& file, const certificate_facts& facts);
  void check_node(const certificate_facts& facts);
  void check_chain();
  void check_chain_for(int purpose, const char* use);
  void check_as_caf_will();
  void run();
};

namespace {

constexpr const char* how_to_issue = "make one with: caf-shell certs issue";

std::string octal(unsigned mode) {
  std::string out;
  for (int shift = 6; shift >= 0; shift -= 3)
    out += static_cast<char>('0' + ((mode >> shift) & 7U));
  return "0" + out;
}

} // namespace

std::string tls_complaint::message() const {
  return (file.empty() ? "" : file + ": ") + wrong + "; " + remedy;
}

bool tls_check::all_named() {
  for (const auto& [path, word] :
       {std::pair{&paths.certificate, "certificate"},
        std::pair{&paths.key, "key"}, std::pair{&paths.authority, "authority"}})
    if (path->empty())
      complain("",
               std::string{"TLS needs certificate, key and authority "
                           "together, and the "}
                 + word + " is not named",
               "name all three files, without them any stranger could join");
  return found.complaints.empty();
}

void tls_check::check_owner(const std::string& file, const whole_file& as) {
  if (as.owner != ::geteuid() && as.owner != 0)
    complain(file,
             "belongs to user " + std::to_string(as.owner)
               + ", who could replace it",
             "chown it to user " + std::to_string(::geteuid()));
  if ((as.mode & 0022U) != 0)
    complain(file, "may be written by others (mode " + octal(as.mode) + ")",
             "chmod go-w it");
}

void tls_check::check_key_is_private(const whole_file& as) {
  if ((as.mode & 0077U) != 0)
    complain(paths.key, "is open to others (mode " + octal(as.mode) + ")",
             "chmod 0600 it; if others may have read it, issue a new one");
}

std::optional<std::string> tls_check::read(const std::string& file) {
  auto as = read_whole(AT_FDCWD, file, config::tls_file_bytes_max,
                       symbolic_links::follow);
  if (!as) {
    const auto& error = as.assume_error();
    auto wrong = "cannot be read";
    if (error.code == shm::errc::wrong_type)
      wrong = "is not a regular file";
    else if (error.code == shm::errc::too_long)
      wrong = "is far too long for a PEM file";
    else if (::access(file.c_str(), F_OK) != 0 && errno == ENOENT)
      wrong = "is not there";
    complain(file, wrong,
             error.code == shm::errc::system
               ? "is the path right, and may user "
                   + std::to_string(::geteuid()) + " read it? (" + error.detail
                   + ")"
               : "name a PEM file");
    return std::nullopt;
  }
  check_owner(file, as.assume_value());
  if (&file == &paths.key)
    check_key_is_private(as.assume_value());
  return std::move(as).assume_value().text;
}

std::optional<std::string>
tls_check::read_certificates(const std::string& file,
                             std::vector<x509_handle>& out) {
  auto text = read(file);
  if (!text)
    return std::nullopt;
  auto parsed = certificates_in(*text);
  if (!parsed) {
    complain(file, parsed.assume_error().detail,
             "name a PEM file with '-----BEGIN CERTIFICATE-----'");
    return std::nullopt;
  }
  out = std::move(parsed).assume_value();
  return text;
}

std::optional<std::string> tls_check::read_key() {
  auto text = read(paths.key);
  if (!text)
    return std::nullopt;
  auto parsed = private_key_in(*text);
  if (!parsed) {
    complain(paths.key, parsed.assume_error().detail,
             "name an unencrypted PEM key (openssl pkey -in OLD -out NEW "
             "takes the pass phrase away)");
    return std::nullopt;
  }
  key = std::move(parsed).assume_value();
  return text;
}

void tls_check::check_key_matches() {
  if (X509_check_private_key(chain.front().get(), key.get()) == 1)
    return;
  openssl_reason();
  complain(paths.key, "is not the key of " + paths.certificate,
           "name the key that was made with this certificate");
}

void tls_check::check_dates(const std::string& file,
                            const certificate_facts& facts) {
  if (now < facts.not_before)
    complain(file, "is not valid before " + text_of(facts.not_before),
             "is this host's clock right? it says " + text_of(now));
  else if (now > facts.not_after)
    complain(file, "expired on " + text_of(facts.not_after), how_to_issue);
  else if (facts.not_after - now < options.warn_before)
    found.warnings.push_back(
      {file, "expires on " + text_of(facts.not_after), how_to_issue});
}

void tls_check::check_node(const certificate_facts& facts) {
  const auto named = facts.node();
  if (options.node != 0 && named && *named != options.node)
    complain(paths.certificate,
             "was issued to node " + std::to_string(*named)
               + ", and this is node " + std::to_string(options.node),
             "give each node the certificate of its own id");
}

void tls_check::check_chain_for(int purpose, const char* use) {
  const store_handle trusted{X509_STORE_new()};
  for (const auto& each : authorities)
    X509_STORE_add_cert(trusted.get(), each.get());
  auto* between = sk_X509_new_null();
  for (std::size_t i = 1; i < chain.size(); ++i)
    sk_X509_push(between, chain[i].get());
  const store_context_handle context{X509_STORE_CTX_new()};
  X509_STORE_CTX_init(context.get(), trusted.get(), chain.front().get(),
                      between);
  X509_STORE_CTX_set_purpose(context.get(), purpose);
  // Dates have complaints of their own, with the time that was handed in.
  X509_STORE_CTX_set_flags(context.get(), X509_V_FLAG_NO_CHECK_TIME);
  const bool good = X509_verify_cert(context.get()) == 1;
  const int why = X509_STORE_CTX_get_error(context.get());
  sk_X509_free(between);
  ERR_clear_error();
  if (good)
    return;
  if (why == X509_V_ERR_INVALID_PURPOSE)
    complain(paths.certificate, std::string{"may not be used as a "} + use,
             "a node is both: issue it with serverAuth and clientAuth");
  else
    complain(paths.certificate,
             "does not lead to the authority in " + paths.authority + " ("
               + X509_verify_cert_error_string(why) + ")",
             "name the authority that issued it, and put the certificates "
             "between the two behind the node's own");
}

void tls_check::check_chain() {
  const auto before = found.complaints.size();
  check_chain_for(X509_PURPOSE_SSL_SERVER, "server");
  if (found.complaints.size() == before)
    check_chain_for(X509_PURPOSE_SSL_CLIENT, "client");
}

void tls_check::check_as_caf_will() {
  // The host's own policy (such as the least length of a key) speaks here.
  const ssl_context_handle context{SSL_CTX_new(TLS_method())};
  const auto refuse = [this](const std::string& file) {
    complain(file,
             "is refused by this host's OpenSSL (" + openssl_reason() + ")",
             "issue one with a stronger key or digest");
  };
  if (SSL_CTX_use_certificate(context.get(), chain.front().get()) != 1)
    return refuse(paths.certificate);
  if (SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1)
    return refuse(paths.key);
  for (std::size_t i = 1; i < chain.size(); ++i)
    if (SSL_CTX_add1_chain_cert(context.get(), chain[i].get()) != 1)
      return refuse(paths.certificate);
}

void tls_check::run() {
  if (!all_named())
    return;
  auto certificate = read_certificates(paths.certificate, chain);
  auto private_key = read_key();
  auto authority = read_certificates(paths.authority, authorities);
  if (certificate && private_key)
    check_key_matches();
  if (certificate) {
    const auto facts = facts_of(*chain.front());
    check_dates(paths.certificate, facts);
    check_node(facts);
  }
  if (authority)
    check_dates(paths.authority, facts_of(*authorities.front()));
  if (certificate && authority)
    check_chain();
  if (certificate && private_key && found.complaints.empty())
    check_as_caf_will();
  if (!found.complaints.empty() || !certificate || !private_key || !authority)
    return;
  texts
    = {*std::move(certificate), *std::move(private_key), *std::move(authority)};
  found.files.push_back(
    tls_files{paths, std::move(texts), facts_of(*chain.front())});
}

shm::result<void> tls_files::keep_copies(const std::string& directory) {
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST)
    return shm::system_failure("make " + directory);
  const shm::descriptor own{
    ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)};
  if (!own || ::fchmod(own.get(), 0700) != 0)
    return shm::system_failure("open " + directory);
  const auto keep = [&](std::string& path, const std::string& text,
                        const std::string& name) -> shm::result<void> {
    auto kept = replace_whole(own.get(), name, name + ".new", text, 0600);
    if (kept)
      path = directory + "/" + name;
    return kept;
  };
  if (auto kept = keep(paths_.key, texts_.key, "node.key"); !kept)
    return kept;
  if (auto kept = keep(paths_.certificate, texts_.certificate, "node.crt");
      !kept)
    return kept;
  return keep(paths_.authority, texts_.authority, "authority.crt");
}

tls_findings check_tls_files(const tls_paths& paths, wall_time now,
                             const tls_check_options& options) {
  tls_check check{paths, now, options, {}, {}, {}, {}, {}};
  check.run();
  return std::move(check.found);
}

} // namespace holdfast::runtime
