/** @file ike2/policy.h
 * Named policies: proposals, lifetimes and ways to prove an identity that belong together, by a
 * name that a person can choose. They are data: what is in them can be read, and filled into the
 * definition of a peer; a definition may as well be made without them.
 *
 * The rows, first the one that is used where nothing is chosen:
 * - "default": no SHA-1, no group below 2048 bits, AEADs first, then AES-CBC with SHA-2, which
 *   Apple's devices without a profile and Windows as recommended can meet
 * - "cnsa": the suites of RFC 9206, which are not post-quantum
 * - "windows-recommended": what administrators set on Windows clients and servers
 * - "legacy-windows": with 3DES, SHA-1 and group 2, for Windows as it is out of the box; in builds
 *   with IKE2_ENABLE_LEGACY only
 *
 * The policy hook, which is asked during a negotiation, is something else: ike2_policy in
 * ike2/config.h. */
#ifndef IKE2_POLICY_H
#define IKE2_POLICY_H

#include <ike2/config.h>
#include <ike2/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One named policy. What it points to lives as long as the library, and is never written to. */
typedef struct ike2_named_policy {
    size_t struct_size;
    const char *name;         /**< "windows-recommended" */
    const char *summary;      /**< for people: a sentence about what it is for */
    const char *source;       /**< where it comes from: "RFC 9206"; NULL = nowhere in particular */
    const ike2_proposal *ike; /**< for the IKE SA, preferred first */
    const ike2_proposal *esp; /**< for Child SAs, preferred first */
    size_t n_ike;             /**< at least 1 */
    size_t n_esp;             /**< at least 1 */
    const uint16_t *schemes;  /**< IKE2_SIG_* that either side may sign with */
    size_t n_schemes;         /**< 0: all without SHA-1 */
    uint64_t child_rekey_octets;  /**< 0 = no limit */
    uint32_t child_rekey_seconds; /**< 0 = the library's, ike2_child_config.rekey_seconds */
    uint32_t ike_rekey_seconds;   /**< 0 = the library's, ike2_peer_config.rekey_seconds */
    uint16_t min_rsa_bits;        /**< of RSA keys of either side, and of its CAs;
                                       0 = the validator's */
    uint16_t min_ec_bits;         /**< of keys on an elliptic curve; 0 = likewise */
    bool certificates_only;       /**< a pre-shared key proves nothing here */
    bool legacy;                  /**< has algorithms that are too old for everybody else */
    uint16_t max_ec_bits;         /**< likewise, at most; 0 = of any size */
} ike2_named_policy;

/** Fills `*out` with policy `i`, from 0, as far as its struct_size goes; false behind the last one.
 *  Any thread. */
IKE2_API bool ike2_named_policy_at(size_t i, ike2_named_policy *out);
/** Fills `*out` with the policy of this name. IKE2_ERR_ARGUMENT: there is none;
 *  IKE2_ERR_UNSUPPORTED: there is, but this build is without it. Any thread. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_named_policy_find(const char *name, ike2_named_policy *out);

/** Gives a definition what the policy says where the definition says nothing (0): proposals,
 *  `rekey_seconds`, `remote_schemes` and, if only certificates count, `remote_auth`. Children have
 *  ike2_named_policy_fill_child. Nothing is copied: the definition points into the library.
 *
 *  What no definition holds is left to the caller: the sizes of keys belong into the validator's
 *  ike2_x509_policy, how we sign into the credentials. */
IKE2_API void ike2_named_policy_fill_peer(const ike2_named_policy *p, ike2_peer_config *peer);
/** The same for a template of Child SAs: proposals, `rekey_seconds`, `rekey_octets`. */
IKE2_API void ike2_named_policy_fill_child(const ike2_named_policy *p, ike2_child_config *child);

/** Would these transforms all be allowed by one proposal of the policy, as if somebody had narrowed
 *  it? The protocol is the proposal's; without ESN it is taken to say "no". */
IKE2_API bool ike2_named_policy_allows(const ike2_named_policy *p, const ike2_proposal *proposal);

#ifdef __cplusplus
}
#endif
#endif
