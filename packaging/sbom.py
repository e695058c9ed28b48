#!/usr/bin/env python3
"""Prints what the packages are made of, as SPDX 2.3 in JSON: the libraries of this machine that are linked in, with their
versions as dpkg knows them, and their licences.

    packaging/sbom.py --version 0.2.0

The date is that of SOURCE_DATE_EPOCH, and everything else follows from the installed packages: the same build has the same SBOM.
"""
import argparse
import hashlib
import json
import os
import subprocess
import sys
import time

# Package of Debian, name, licence as SPDX spells it, supplier's site, how it comes in.
PARTS = [
    ("libssl-dev", "OpenSSL", "Apache-2.0", "https://www.openssl.org/", "STATIC_LINK"),
    ("libsqlite3-dev", "SQLite", "blessing", "https://www.sqlite.org/", "STATIC_LINK"),
    ("libstdc++-12-dev", "GNU libstdc++ and libgcc", "GPL-3.0-or-later WITH GCC-exception-3.1", "https://gcc.gnu.org/", "STATIC_LINK"),
    ("libboost-dev", "Boost", "BSL-1.0", "https://www.boost.org/", "STATIC_LINK"),
    ("nlohmann-json3-dev", "nlohmann/json", "MIT", "https://json.nlohmann.me/", "STATIC_LINK"),
    ("libc6-dev", "glibc", "LGPL-2.1-or-later", "https://www.gnu.org/software/libc/", "DYNAMIC_LINK"),
    ("libpq-dev", "libpq", "PostgreSQL", "https://www.postgresql.org/", "DYNAMIC_LINK"),
]


def installed_version(package):
    ran = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                         text=True, check=False)
    return ran.stdout.strip()


def entry(identifier, name, version, licence, site):
    return {"SPDXID": identifier, "name": name, "versionInfo": version, "downloadLocation": "NOASSERTION", "homepage": site,
            "filesAnalyzed": False, "licenseConcluded": licence, "licenseDeclared": licence, "copyrightText": "NOASSERTION"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", required=True)
    version = parser.parse_args().version
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))
    own = entry("SPDXRef-terapi", "terapi", version, "MIT", "NOASSERTION")
    del own["homepage"]
    packages, relations = [own], [("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-terapi")]
    for package, name, licence, site, how in PARTS:
        found = installed_version(package)
        if not found:
            continue
        identifier = "SPDXRef-" + package.replace("+", "-")
        part = entry(identifier, name, found, licence, site)
        part["externalRefs"] = [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                                 "referenceLocator": f"pkg:deb/debian/{package.replace('+', '%2B')}@{found.replace('+', '%2B')}"}]
        packages.append(part)
        relations.append(("SPDXRef-terapi", how, identifier))
    body = {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": f"terapi-{version}",
        "creationInfo": {"created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds)),
                         "creators": ["Organization: The Terapi simulator authors", "Tool: packaging/sbom.py"]},
        "packages": packages,
        "relationships": [{"spdxElementId": a, "relationshipType": how, "relatedSpdxElement": b} for a, how, b in relations],
    }
    # A name that no other document has: it follows from what is in it.
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    body["documentNamespace"] = f"https://spdx.org/spdxdocs/terapi-{version}-{digest[:32]}"
    json.dump(body, sys.stdout, indent=2)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
