/** @file ike2/ike2.h
 * The whole API of the core. ike2/mbedtls.h belongs to the provider's own library and is included
 * by name. */
#ifndef IKE2_IKE2_H
#define IKE2_IKE2_H
#include <ike2/config.h>
#include <ike2/crypto.h>
#include <ike2/endpoint.h>
#include <ike2/error.h>
#include <ike2/iana.h>
#include <ike2/info.h>
#include <ike2/job.h>
#include <ike2/message.h>
#include <ike2/output.h>
#include <ike2/policy.h>
#include <ike2/trace.h>
#include <ike2/types.h>
#endif
