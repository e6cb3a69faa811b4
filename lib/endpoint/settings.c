/* endpoint/settings.c - the endpoint's configuration, checked, with every default filled in. */
#include <string.h>

#include "endpoint/endpoint.h"

/* Copies as much of a configuration structure as both sides know. */
static void config_copy(void *to, size_t cap, const void *from)
{
    size_t size;

    memcpy(&size, from, sizeof size);
    memcpy(to, from, size < cap ? size : cap);
}

static void u32_default(uint32_t *v, uint32_t value)
{
    if (*v == 0)
        *v = value;
}

static void u16_default(uint16_t *v, uint16_t value)
{
    if (*v == 0)
        *v = value;
}

static bool limits_read(const ike2_limits *given, ike2_limits *l)
{
    if (given != NULL)
        config_copy(l, sizeof *l, given);
    l->struct_size = sizeof *l;
    u32_default(&l->sas, 16384);
    u32_default(&l->half_open, 2048);
    u32_default(&l->half_open_cookie, 128);
    u32_default(&l->half_open_per_addr, 16);
    u32_default(&l->message_octets, 65535);
    u32_default(&l->reassembly_octets, 4u << 20);
    u32_default(&l->children_per_sa, 256);
    u32_default(&l->queued_outputs, 4096);
    /* Every peer sends up to 1280 octets, RFC 7296 2; a UDP datagram ends at 65535. */
    return l->message_octets >= 1280 && l->message_octets <= 65535;
}

static bool retransmit_read(const ike2_retransmit *given, ike2_retransmit *r)
{
    if (given != NULL)
        config_copy(r, sizeof *r, given);
    r->struct_size = sizeof *r;
    u32_default(&r->first_ms, 500);
    u16_default(&r->tries, 8);
    u16_default(&r->backoff_percent, 180);
    u16_default(&r->jitter_percent, 10);
    return r->backoff_percent >= 100 && r->jitter_percent <= 50;
}

ike2_err ike2_settings_read(const ike2_endpoint_config *given, struct settings *out)
{
    ike2_endpoint_config cfg = { 0 };

    config_copy(&cfg, sizeof cfg, given);
    if (cfg.crypto == NULL || !limits_read(cfg.limits, &out->limits) ||
        !retransmit_read(cfg.retransmit, &out->retransmit))
        return IKE2_ERR_ARGUMENT;
    if (cfg.policy != NULL) {
        config_copy(&out->policy_copy, sizeof out->policy_copy, cfg.policy);
        out->policy = &out->policy_copy; /* moved with the settings by their owner */
    }
    u16_default(&cfg.nat_port, 4500);
    u32_default(&cfg.ask_ms, 60 * 1000);
    u32_default(&cfg.job_ms, 20 * 1000);
    u32_default(&cfg.doubt_ms, 5 * 1000);
    u32_default(&cfg.half_open_ms, 30 * 1000);
    u32_default(&cfg.linger_ms, 5 * 1000);
    u32_default(&cfg.switch_ms, 30 * 1000);
    out->nat_port = cfg.nat_port;
    out->ask_spi = cfg.ask_spi == IKE2_ON;
    out->answer_unknown = cfg.answer_unknown == IKE2_ON;
    out->cookie = cfg.cookie;
    out->offload = cfg.offload;
    out->ask_ms = cfg.ask_ms;
    out->job_ms = cfg.job_ms;
    out->doubt_ms = cfg.doubt_ms;
    out->half_open_ms = cfg.half_open_ms;
    out->linger_ms = cfg.linger_ms;
    out->switch_ms = cfg.switch_ms;
    return IKE2_OK;
}
