#include "core/system/system_certificates.h"

#include <openssl/x509.h>

#include <array>
#include <cstdlib>
#include <filesystem>

namespace terapi::core {
namespace {

// As the distributions have them: Debian and Alpine, Fedora and RHEL, openSUSE, Arch, BSD and
// macOS.
constexpr std::array<const char*, 6> kBundles = {"/etc/ssl/certs/ca-certificates.crt",
                                                 "/etc/pki/tls/certs/ca-bundle.crt",
                                                 "/etc/ssl/ca-bundle.pem",
                                                 "/etc/ca-certificates/extracted/tls-ca-bundle.pem",
                                                 "/etc/ssl/cert.pem",
                                                 "/usr/local/etc/ssl/cert.pem"};

bool there_is(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error) && !std::filesystem::is_empty(path, error) && !error;
}

}  // namespace

std::string system_certificates(bool named, const std::function<bool(const std::string&)>& exists) {
  if (named) return "";
  if (exists(X509_get_default_cert_file()) || exists(X509_get_default_cert_dir())) return "";
  for (const char* bundle : kBundles) {
    if (exists(bundle)) return bundle;
  }
  return "";
}

std::string system_certificates() {
  bool named = false;
  for (const char* name : {X509_get_default_cert_file_env(), X509_get_default_cert_dir_env()}) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets it here
    named = named || (value != nullptr && *value != '\0');
  }
  return system_certificates(named, there_is);
}

}  // namespace terapi::core
