// libcrypto (OpenSSL 3.0 or later), for Swift.
//
// What Swift imports by itself is used as it is; the functions below stand for macros, which it does not import.
#ifndef VITRINE_COPENSSL_SHIM_H
#define VITRINE_COPENSSL_SHIM_H

#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

/// Frees what an i2d function allocated, and overwrites it first.
static inline void vitrine_clear_free(void *pointer, size_t count) {
    OPENSSL_clear_free(pointer, count);
}

/// The bytes a memory BIO holds; they stay the BIO's own.
static inline long vitrine_bio_bytes(BIO *bio, char **bytes) {
    return BIO_get_mem_data(bio, bytes);
}

#endif
