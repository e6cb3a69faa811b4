/* mbedtls/x509/name.h - Distinguished Names in DER: compared. RFC 5280 4.1.2.4, 7.1. */
#ifndef MBEDTLS_X509_NAME_H
#define MBEDTLS_X509_NAME_H

#include <ike2/types.h>

/* Octets equal but for the case of ASCII letters. */
bool ike2_mbed_equal_but_case(ike2_bytes a, ike2_bytes b);
/* The same name? Attributes one by one; strings of the types PrintableString and UTF8String are
 * equal if they differ in the case of ASCII letters only. False if one does not parse. */
bool ike2_mbed_name_equal(ike2_bytes a, ike2_bytes b);
/* Can it stand for somebody: it parses, has an attribute, and no text of it contains a NUL? */
bool ike2_mbed_name_is_sound(ike2_bytes name);

#endif
