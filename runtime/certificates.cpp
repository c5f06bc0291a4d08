#include "runtime/certificates.hpp"

#include "config/names.hpp"
#include "runtime/certificate_draft.hpp"
#include "runtime/data_directory.hpp"
#include "runtime/pem.hpp"
#include "runtime/whole_file.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

namespace holdfast::runtime {

namespace {

using shm::errc;

constexpr const char* authority_certificate = "/authority.crt";
constexpr const char* authority_key = "/authority.key";

shm::error bad(std::string what) {
  return shm::failed(errc::bad_argument, std::move(what));
}

// -- arguments
// -----------------------------------------------------------------

shm::result<void> check_validity(std::chrono::days wanted) {
  if (wanted < config::certificate_validity_min
      || wanted > config::certificate_validity_max)
    return bad("a certificate is valid for "
               + std::to_string(config::certificate_validity_min.count())
               + " to "
               + std::to_string(config::certificate_validity_max.count())
               + " days, not " + std::to_string(wanted.count()));
  return boost::outcome_v2::success();
}

bool is_host_label(std::string_view label) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9') || c == '-';
  };
  return !label.empty() && label.size() <= 63 && label.front() != '-'
         && label.back() != '-'
         && std::all_of(label.begin(), label.end(), fits);
}

bool is_host_name(std::string_view name) {
  if (name.empty() || name.size() > config::host_name_bytes_max)
    return false;
  for (std::size_t begin = 0; begin <= name.size();) {
    const auto end = std::min(name.find('.', begin), name.size());
    if (!is_host_label(name.substr(begin, end - begin)))
      return false;
    begin = end + 1;
  }
  return true;
}

bool is_address(const std::string& text) {
  std::array<unsigned char, 16> bytes{};
  return ::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1
         || ::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1;
}

/// "DNS:a,IP:10.0.0.1". The text is a small language of OpenSSL's, so nothing
/// gets into it but what was looked at letter by letter.
shm::result<std::string> alternative_names(const node_request& request) {
  auto out = "DNS:" + subject_of_node(request.node);
  if (request.hosts.size() > config::certificate_hosts_max)
    return bad("a certificate names at most "
               + std::to_string(config::certificate_hosts_max) + " hosts");
  for (const auto& each : request.hosts) {
    if (is_address(each))
      out += ",IP:" + each;
    else if (is_host_name(each))
      out += ",DNS:" + each;
    else
      return bad("'" + each
                 + "' is neither a host name nor an address; "
                   "write it without scheme, port and wildcard");
  }
  return out;
}

// -- files
// ---------------------------------------------------------------------

/// The directory's path from the root, with no link in it.
shm::result<std::string> real_directory(const std::string& path) {
  std::array<char, PATH_MAX> out{};
  if (::realpath(path.c_str(), out.data()) == nullptr)
    return shm::system_failure("open " + path);
  return std::string{out.data()};
}

shm::result<std::string> made_directory(const std::string& path) {
  if (path.empty())
    return bad("name a directory");
  if (auto made = make_directories(path, 0700); !made)
    return std::move(made).assume_error();
  return real_directory(path);
}

bool is_there(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0;
}

/// The key first: a certificate without its key would be of no use. Takes
/// back the key when the certificate cannot be written.
shm::result<void> write_pair(const std::string& key_path,
                             const std::string& key,
                             const std::string& certificate_path,
                             const std::string& certificate) {
  for (const auto& each : {certificate_path, key_path})
    if (is_there(each))
      return shm::failed(errc::exists, each);
  if (auto written = write_new(key_path, key, 0600); !written)
    return written;
  auto written = write_new(certificate_path, certificate, 0644);
  if (!written)
    ::unlink(key_path.c_str());
  return written;
}

shm::result<std::string> read_text(const std::string& path,
                                   unsigned forbidden_mode) {
  auto file = read_whole(AT_FDCWD, path, config::tls_file_bytes_max,
                         symbolic_links::follow);
  if (!file)
    return std::move(file).assume_error();
  if ((file.assume_value().mode & forbidden_mode) != 0)
    return bad(path
               + " is open to others; chmod 0600 it, and ask yourself who "
                 "may have read it");
  return std::move(file).assume_value().text;
}

shm::result<authority> read_authority(const std::string& directory) {
  const auto certificate_path = directory + authority_certificate;
  const auto key_path = directory + authority_key;
  if (!is_there(certificate_path) || !is_there(key_path))
    return bad("there is no authority in " + directory
               + "; make it first: caf-shell certs init --directory "
               + directory);
  const auto certificate_text = read_text(certificate_path, 0022);
  if (!certificate_text)
    return certificate_text.assume_error();
  const auto key_text = read_text(key_path, 0077);
  if (!key_text)
    return key_text.assume_error();
  auto certificates = certificates_in(certificate_text.assume_value());
  if (!certificates)
    return bad(certificate_path + " " + certificates.assume_error().detail);
  auto key = private_key_in(key_text.assume_value());
  if (!key)
    return bad(key_path + " " + key.assume_error().detail);
  authority out{std::move(certificates.assume_value().front()),
                std::move(key).assume_value()};
  if (X509_check_private_key(out.certificate.get(), out.key.get()) != 1)
    return bad(key_path + " is not the key of " + certificate_path);
  if (X509_check_ca(out.certificate.get()) != 1)
    return bad(certificate_path + " is not an authority's certificate");
  return out;
}

/// The authority's certificate beside the node's, unless it is there already.
shm::result<std::string> place_authority(const std::string& out,
                                         X509& certificate) {
  auto path = out + authority_certificate;
  const auto text = pem_of(certificate);
  const auto written = write_new(path, text, 0644);
  if (written)
    return path;
  if (written.assume_error().code != errc::exists)
    return written.assume_error();
  const auto there = read_text(path, 0022);
  if (!there)
    return there.assume_error();
  const auto facts = certificate_facts_of(there.assume_value());
  if (!facts
      || facts.assume_value().fingerprint != facts_of(certificate).fingerprint)
    return bad(path + " is another authority's; choose another --out");
  return path;
}

certificate_draft draft_of(const node_request& request,
                           const certificate_facts& issuer, std::string names,
                           wall_time now) {
  return {issuer.organization,
          subject_of_node(request.node),
          std::max(now - config::certificate_backdating, issuer.not_before),
          std::min<wall_time>(now + request.valid_for, issuer.not_after),
          {{NID_basic_constraints, "critical,CA:FALSE"},
           {NID_key_usage, "critical,digitalSignature"},
           {NID_ext_key_usage, "serverAuth,clientAuth"},
           {NID_subject_key_identifier, "hash"},
           {NID_authority_key_identifier, "keyid:always"},
           {NID_subject_alt_name, std::move(names)}}};
}

shm::result<void> check_request(const node_request& request) {
  if (request.node < config::node_id_min || request.node > config::node_id_max)
    return bad("a node's id is 1 to " + std::to_string(config::node_id_max));
  return check_validity(request.valid_for);
}

shm::result<void> check_not_over(const certificate_facts& issuer,
                                 wall_time now) {
  if (now <= issuer.not_after)
    return boost::outcome_v2::success();
  return bad("the authority expired on " + text_of(issuer.not_after)
             + "; make a new one in another directory and issue all "
               "certificates anew");
}

/// Writes all that a node needs into one directory.
shm::result<issued_certificate> place(const node_request& request,
                                      EVP_PKEY& key, X509& certificate,
                                      X509& issuer) {
  const auto out = made_directory(request.out);
  if (!out)
    return out.assume_error();
  auto authority_path = place_authority(out.assume_value(), issuer);
  if (!authority_path)
    return std::move(authority_path).assume_error();
  const auto stem
    = out.assume_value() + "/node-" + std::to_string(request.node);
  issued_certificate made{stem + ".crt", stem + ".key",
                          std::move(authority_path).assume_value(),
                          facts_of(certificate)};
  auto written
    = write_pair(made.key, pem_of(key), made.certificate, pem_of(certificate));
  if (!written)
    return std::move(written).assume_error();
  return made;
}

} // namespace

shm::result<made_authority> make_authority(const authority_request& request,
                                           wall_time now) {
  if (const auto name = config::check_name(request.cluster); !name.ok)
    return bad("'" + request.cluster + "' is no cluster's name; allowed: "
               + std::string{name.allowed});
  if (auto checked = check_validity(request.valid_for); !checked)
    return std::move(checked).assume_error();
  const auto directory = made_directory(request.directory);
  if (!directory)
    return directory.assume_error();
  auto key = make_key();
  if (!key)
    return std::move(key).assume_error();
  const certificate_draft from{
    request.cluster,
    "holdfast-authority",
    now - config::certificate_backdating,
    now + request.valid_for,
    {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
     {NID_key_usage, "critical,keyCertSign,cRLSign"},
     {NID_subject_key_identifier, "hash"}}};
  const auto certificate = sign(from, *key.assume_value(), nullptr);
  if (!certificate)
    return certificate.assume_error();
  made_authority out{directory.assume_value() + authority_certificate,
                     directory.assume_value() + authority_key,
                     facts_of(*certificate.assume_value())};
  auto written
    = write_pair(out.key, pem_of(*key.assume_value()), out.certificate,
                 pem_of(*certificate.assume_value()));
  if (!written)
    return std::move(written).assume_error();
  return out;
}

shm::result<issued_certificate>
issue_node_certificate(const node_request& request, wall_time now) {
  if (auto checked = check_request(request); !checked)
    return std::move(checked).assume_error();
  auto names = alternative_names(request);
  if (!names)
    return std::move(names).assume_error();
  const auto signer = read_authority(request.directory);
  if (!signer)
    return signer.assume_error();
  const auto issuer = facts_of(*signer.assume_value().certificate);
  if (auto checked = check_not_over(issuer, now); !checked)
    return std::move(checked).assume_error();
  auto key = make_key();
  if (!key)
    return std::move(key).assume_error();
  const auto certificate
    = sign(draft_of(request, issuer, std::move(names).assume_value(), now),
           *key.assume_value(), &signer.assume_value());
  if (!certificate)
    return certificate.assume_error();
  return place(request, *key.assume_value(), *certificate.assume_value(),
               *signer.assume_value().certificate);
}

} // namespace holdfast::runtime
