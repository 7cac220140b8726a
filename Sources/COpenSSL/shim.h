// What OpenSSL defines only as a macro, as functions that Swift can call.
#ifndef COPENSSL_SHIM_H
#define COPENSSL_SHIM_H

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

static inline long copenssl_ctx_set_min_version(SSL_CTX *_Nonnull ctx, int version) {
  return SSL_CTX_set_min_proto_version(ctx, version);
}

static inline long copenssl_ctx_set_max_version(SSL_CTX *_Nonnull ctx, int version) {
  return SSL_CTX_set_max_proto_version(ctx, version);
}

static inline long copenssl_ctx_set_mode(SSL_CTX *_Nonnull ctx, long mode) {
  return SSL_CTX_set_mode(ctx, mode);
}

static inline long copenssl_ctx_set_session_cache_mode(SSL_CTX *_Nonnull ctx, long mode) {
  return SSL_CTX_set_session_cache_mode(ctx, mode);
}

static inline long copenssl_set_server_name(SSL *_Nonnull ssl, const char *_Nonnull name) {
  return SSL_set_tlsext_host_name(ssl, name);
}

static inline long copenssl_bio_set_mem_eof_return(BIO *_Nonnull bio, int value) {
  return BIO_set_mem_eof_return(bio, value);
}

static inline int copenssl_error_reason(unsigned long error) { return ERR_GET_REASON(error); }

static inline int copenssl_error_library(unsigned long error) { return ERR_GET_LIB(error); }

// Whether an error says that an algorithm is not there, as old ciphers are not.
static inline int copenssl_is_missing_algorithm(unsigned long error) {
  int reason = ERR_GET_REASON(error);
  return ERR_GET_LIB(error) == ERR_LIB_EVP &&
         (reason == ERR_R_UNSUPPORTED || reason == ERR_R_FETCH_FAILED ||
          reason == EVP_R_UNSUPPORTED_ALGORITHM || reason == EVP_R_UNSUPPORTED_CIPHER ||
          reason == EVP_R_UNKNOWN_PBE_ALGORITHM);
}

static inline long copenssl_ctx_add_chain_certificate(SSL_CTX *_Nonnull ctx,
                                                      X509 *_Nonnull certificate) {
  return SSL_CTX_add1_chain_cert(ctx, certificate);
}

static inline EVP_PKEY *_Nullable copenssl_ec_keygen(const char *_Nonnull curve) {
  return EVP_EC_gen(curve);
}

static inline int copenssl_print_name(BIO *_Nonnull bio, const X509_NAME *_Nonnull name) {
  return X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253);
}

static inline size_t copenssl_bio_memory(BIO *_Nonnull bio, char *_Nullable *_Nonnull data) {
  return (size_t)BIO_get_mem_data(bio, data);
}

#endif
