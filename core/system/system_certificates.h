// SystemCertificates: where this machine keeps the certificates that it trusts.
//
// OpenSSL looks where it was configured to be installed, and where SSL_CERT_FILE and SSL_CERT_DIR
// say. A program that carries its own OpenSSL, as those of the tarball do, was configured on
// another distribution than it runs on. Pure but for the question; any thread.
#pragma once

#include <functional>
#include <string>

namespace terapi::core {

// A file of trusted certificates to load where OpenSSL itself would find none; "" where it finds
// some, or nobody does. `named`: whether SSL_CERT_FILE or SSL_CERT_DIR says where they are.
// `exists`: whether there is such a file or folder that is not empty.
std::string system_certificates(bool named, const std::function<bool(const std::string&)>& exists);
// Of this process and this machine.
std::string system_certificates();

}  // namespace terapi::core
