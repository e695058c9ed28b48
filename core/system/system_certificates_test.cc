#include "core/system/system_certificates.h"

#include <gtest/gtest.h>
#include <openssl/x509.h>

#include <set>

namespace terapi::core {
namespace {

std::string found_among(const std::set<std::string>& there) {
  return system_certificates(false, [&](const std::string& path) { return there.contains(path); });
}

TEST(SystemCertificates, WhereOpensslFindsSomeNothingElseIsTrusted) {
  const std::string bundle = "/etc/pki/tls/certs/ca-bundle.crt";
  EXPECT_EQ(found_among({X509_get_default_cert_dir(), bundle}), "");
  EXPECT_EQ(found_among({X509_get_default_cert_file(), bundle}), "");
}

TEST(SystemCertificates, WhereTheEnvironmentNamesThemNothingElseIsTrusted) {
  EXPECT_EQ(system_certificates(true, [](const std::string&) { return false; }), "");
  EXPECT_EQ(system_certificates(
                true, [](const std::string& path) { return path == "/etc/ssl/ca-bundle.pem"; }),
            "");
}

TEST(SystemCertificates, ElsewhereItIsTheDistributionsBundle) {
  EXPECT_EQ(found_among({"/etc/pki/tls/certs/ca-bundle.crt"}), "/etc/pki/tls/certs/ca-bundle.crt");
  EXPECT_EQ(found_among({"/etc/ssl/ca-bundle.pem"}), "/etc/ssl/ca-bundle.pem");
  EXPECT_EQ(found_among({}), "");
}

}  // namespace
}  // namespace terapi::core
