/* fuzz_message.c - the wire codec over hostile octets: all of ike2/message.h, and the index and the
 * rules that the library puts on top of it.
 *
 * The first octet of an input says what the rest is, three more are parameters of that. */
#include "message/parts.h"

#include <ike2/iana.h>

#include "base/bytes.h"
#include "tally.h"

enum { MODE_MESSAGE, MODE_CHAIN, MODE_BODY, MODE_TEXT, MODE_COUNT };
enum { HEAD_OCTETS = 1 + PARAMETERS, BODY_OCTETS_MAX = 65535 - 4, FLAG_PROTECTED = 0x80 };

/* What comes out of an SK payload; parameters: type of the first payload, exchange, flags. */
static void chain_of(const uint8_t parameters[PARAMETERS], ike2_bytes chain)
{
    const ike2_header h = {
        .spi_i = 1, .spi_r = 2, .version = IKE2_VERSION_2_0, .exchange = parameters[1],
        .flags = (uint8_t)(parameters[2] & ~(unsigned)FLAG_PROTECTED), .message_id = 1,
    };

    chain_check(parameters[0], chain);
    rules_check(&h, parameters[0], chain, (parameters[2] & FLAG_PROTECTED) != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ike2_bytes rest;
    const uint8_t *parameters;

    if (size < HEAD_OCTETS)
        return 0;
    parameters = data + 1;
    rest = bytes_of(data + HEAD_OCTETS, size - HEAD_OCTETS);
    if (rest.len > BODY_OCTETS_MAX)
        rest.len = BODY_OCTETS_MAX;
    switch (data[0] % MODE_COUNT) {
    case MODE_MESSAGE:
        peek_check(rest);
        message_check(rest);
        sealed_check(rest, parameters);
        break;
    case MODE_CHAIN:
        chain_of(parameters, rest);
        break;
    case MODE_BODY:
        payload_check(parameters[0], rest);
        break;
    case MODE_TEXT:
        names_check(parameters);
        text_check(rest, parameters);
        break;
    }
    return 0;
}

void fuzz_report(void)
{
    tally_report(message_tally, MESSAGE_TALLY_ROWS);
}
