/** @file ike2/error.h
 *  Result codes of calls. What a *peer* did wrong is never a result code: it is an output
 *  (ike2/output.h) or a trace record. */
#ifndef IKE2_ERROR_H
#define IKE2_ERROR_H

#include <ike2/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** All result codes as X(name, value, text): the one list from which names, values and texts come.
 *  Values never change; new codes are appended. */
#define IKE2_ERR_LIST(X)                                        \
    X(OK, 0, "success")                                         \
    X(ERR_ARGUMENT, -1, "argument violates the contract")       \
    X(ERR_STATE, -2, "not possible in this state")              \
    X(ERR_STALE, -3, "the named object is gone")                \
    X(ERR_MEMORY, -4, "allocation failed")                      \
    X(ERR_LIMIT, -5, "a configured limit was reached")          \
    X(ERR_SPACE, -6, "the buffer is too small")                 \
    X(ERR_MALFORMED, -7, "octets do not parse")                 \
    X(ERR_UNSUPPORTED, -8, "algorithm or feature not provided") \
    X(ERR_CRYPTO, -9, "the crypto provider failed")             \
    X(ERR_AUTH, -10, "integrity or signature check failed")     \
    X(ERR_VERSION, -11, "made by an incompatible version")

/** Result of a call: IKE2_OK is 0, every failure is negative. What a failing call would have
 *  written is untouched, unless it says otherwise. */
typedef enum ike2_err {
#define X(name, value, text) IKE2_##name = value,
    IKE2_ERR_LIST(X)
#undef X
} ike2_err;

/** Returns a constant text for `err`; never NULL, never allocated, on any thread. */
IKE2_API const char *ike2_strerror(ike2_err err);

#ifdef __cplusplus
}
#endif
#endif
