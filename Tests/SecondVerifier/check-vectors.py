#!/usr/bin/env python3
"""Tries the second verifier's signature check on Project Wycheproof's vectors: valid passes, invalid and acceptable do not.

  check-vectors.py [VECTORS-DIR]      default: $VITRINE_VECTORS, else ../shared/vectors beside the checkout
"""
import json
import os
import sys
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True
import verify

FILES = (*(f"rsa_signature_{bits}_sha256_test.json" for bits in (2048, 3072, 4096)),
         "ecdsa_secp256r1_sha256_test.json", "ed25519_test.json")


def main(folder):
    folder = os.path.join(folder, "wycheproof", "testvectors_v1")
    if not os.path.isdir(folder):
        print(f"skipped: no vectors at {folder}")
        return 0
    count, faults = 0, 0
    for name in FILES:
        with open(os.path.join(folder, name)) as file:
            groups = json.load(file)["testGroups"]
        for group in groups:
            try:
                key = verify.PublicKey(group["publicKeyPem"].strip() + "\n")
            except verify.Refused as error:
                key = None  # a key we do not trust verifies nothing
            for test in group["tests"]:
                if not test["msg"]:
                    continue  # `openssl pkeyutl` cannot read an empty file; what DSSE signs is never empty
                small = "SmallPublicKey" in test["flags"]  # valid RSA with an exponent below 65537, which we refuse
                good = key is not None and key.verifies(bytes.fromhex(test["sig"]), bytes.fromhex(test["msg"]))
                count += 1
                if good != (test["result"] == "valid" and not small):
                    faults += 1
                    print(f"FAIL {name} {test['tcId']}: {good}, {test['result']}: {test['comment']} {test['flags']}")
    print(f"{count - faults} passed, {faults} failed")
    return 1 if faults else 0


if __name__ == "__main__":
    default = os.environ.get("VITRINE_VECTORS", os.path.join(HERE, "..", "..", "..", "shared", "vectors"))
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else default))
