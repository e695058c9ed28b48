// For tests: a certificate made on the spot, and one TLS connection that answers one request.
#pragma once

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "core/system/test_socket.h"

namespace terapi::core {

// Self-signed, for this host; its PEM file goes with it.
class TestCertificate {
 public:
  explicit TestCertificate(const std::string& host)
      : key_(EVP_EC_gen("P-256"), EVP_PKEY_free), certificate_(X509_new(), X509_free) {
    X509* x = certificate_.get();
    X509_set_version(x, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -60);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, key_.get());
    X509_NAME* name = X509_get_subject_name(x);
    const auto* text = reinterpret_cast<const unsigned char*>(host.c_str());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0);
    X509_set_issuer_name(x, name);
    const std::string alternative = "DNS:" + host;
    X509_EXTENSION* extension =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, alternative.c_str());
    X509_add_ext(x, extension, -1);
    X509_EXTENSION_free(extension);
    X509_sign(x, key_.get(), EVP_sha256());
    path_ = testing::TempDir() + "/terapi-tls-XXXXXX";
    std::FILE* file = ::fdopen(::mkstemp(path_.data()), "w");
    PEM_write_X509(file, x);
    std::fclose(file);
  }
  TestCertificate(const TestCertificate&) = delete;
  TestCertificate& operator=(const TestCertificate&) = delete;
  ~TestCertificate() { ::unlink(path_.c_str()); }

  const std::string& path() const { return path_; }
  EVP_PKEY* key() const { return key_.get(); }
  X509* certificate() const { return certificate_.get(); }

 private:
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
  std::unique_ptr<X509, decltype(&X509_free)> certificate_;
  std::string path_;
};

// Answers each request on its one connection with the same text, in a thread of its own.
class TestTlsServer {
 public:
  TestTlsServer(const TestCertificate& certificate, std::string answer)
      : context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free), answer_(std::move(answer)) {
    SSL_CTX_use_PrivateKey(context_.get(), certificate.key());
    SSL_CTX_use_certificate(context_.get(), certificate.certificate());
    thread_ = std::thread([this] { serve(); });
  }
  TestTlsServer(const TestTlsServer&) = delete;
  TestTlsServer& operator=(const TestTlsServer&) = delete;
  ~TestTlsServer() { thread_.join(); }

  std::string url(std::string_view target) const {
    return "https://localhost:" + std::to_string(listener_.port()) + std::string(target);
  }

 private:
  void serve() {
    TestSocket socket = listener_.accept();
    const std::unique_ptr<SSL, decltype(&SSL_free)> tls(SSL_new(context_.get()), SSL_free);
    SSL_set_fd(tls.get(), socket.descriptor());
    if (SSL_accept(tls.get()) != 1) return;
    char request[4096];
    while (SSL_read(tls.get(), request, sizeof request) > 0) {
      SSL_write(tls.get(), answer_.data(), static_cast<int>(answer_.size()));
    }
  }

  TestListener listener_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::string answer_;
  std::thread thread_;
};

}  // namespace terapi::core
