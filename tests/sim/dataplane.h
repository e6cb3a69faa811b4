/* sim/dataplane.h - a data plane that does nothing but watch: what it is asked for has to keep to
 * the rules of the lanes (ike2/job.h). */
#ifndef SIM_DATAPLANE_H
#define SIM_DATAPLANE_H

#include <ike2/ike2.h>

enum { DATAPLANE_KEPT = 256, ENTRY_KEY_MAX = 128 };

enum entry_state {
    ENTRY_FREE,
    ENTRY_RESERVED,  /* the SPI is ours to give: ASK_SPI was answered */
    ENTRY_INSTALLED,
    ENTRY_SWITCHED
};

struct entry_key {
    uint8_t octets[ENTRY_KEY_MAX];
    size_t len;
};

/* The marked packets of a pair: sim/traffic.h. */
struct entry_traffic {
    bool esn;
    uint64_t rekey_octets;
    uint64_t last_out, octets_out; /* sequence number of the last one sent; octets of all */
    uint64_t n_in, last_in;        /* authentic ones; the highest sequence number among them */
    ike2_time told_at;             /* when REPORT_IN was last given */
};

/* One pair of SPIs. */
struct entry {
    enum entry_state state;
    uint8_t halves;            /* IKE2_HALF_*: those that are left */
    uint32_t spi_in, spi_out;
    ike2_child_id child;
    size_t switched;           /* number of the SWITCH; 0 = none */
    bool transport;
    uint32_t replaces;
    struct { ike2_addr local, remote; } originals; /* before a NAT */
    bool is_reserved;          /* the SPI was, and goes back to us */
    ike2_sa_id sa;
    uint8_t encap;
    ike2_path path;
    ike2_suite suite;
    size_t n_ts_local, n_ts_remote;
    struct { ike2_ts local, remote; } ts; /* the first of each */
    struct { struct entry_key encr_in, integ_in, encr_out, integ_out; } keys;
    uint64_t n_sent;           /* SENDs of the side when INSTALL was finished */
    struct entry_traffic traffic;
};

/* One job that is out. */
struct lane_job {
    ike2_job *job; /* NULL: free */
    ike2_child_id child;
    uint8_t op;
};

struct dataplane {
    const ike2_crypto *crypto;
    bool keeps_handles;        /* takes a reference to one key of each INSTALL */
    ike2_key *kept[DATAPLANE_KEPT];
    size_t n_kept;
    struct entry **entries;    /* free ones included; an entry stays where it is */
    size_t n_entries;
    struct lane_job *lanes;
    size_t n_lanes;
    size_t n_reserved, n_released, n_installed, n_removed; /* since the start */
    size_t n_switched;
    uint32_t next_spi;
    const char *fault;         /* what the library did wrong, or NULL */
};

void dataplane_init(struct dataplane *d, const ike2_crypto *crypto);
void dataplane_clear(struct dataplane *d);
/* An SPI to answer ASK_SPI with; not yet reserved. */
uint32_t dataplane_next_spi(struct dataplane *d);
/* The library has taken it. */
void dataplane_reserve(struct dataplane *d, ike2_sa_id sa, ike2_child_id child, uint32_t spi_in);
/* A job has come out; it is looked at now and has its effect when it is finished. */
void dataplane_begin(struct dataplane *d, const ike2_output *out);
/* The job's effect, before it is handed back. */
void dataplane_end(struct dataplane *d, ike2_job *job, bool ok, uint64_t n_sent);
/* The job is not looked at any more: its endpoint has gone. */
void dataplane_forget(struct dataplane *d, const ike2_job *job);
/* EVENT_CHILD_DOWN, EVENT_SA_DOWN: nothing is left of it. */
void dataplane_child_down(struct dataplane *d, ike2_child_id child);
void dataplane_sa_down(struct dataplane *d, ike2_sa_id sa);
/* EVENT_CHILD_UP: it is switched on. */
void dataplane_child_up(struct dataplane *d, ike2_child_id child);
/* Entries that are not free; jobs that are out. */
size_t dataplane_count(const struct dataplane *d);
size_t dataplane_jobs(const struct dataplane *d);
/* The pair that a child sends on: the one that was switched to last; NULL: there is none. */
const struct entry *dataplane_sending(const struct dataplane *d, ike2_child_id child);
/* The next pair behind `after` (NULL: the first) that its child sends on, or NULL. */
struct entry *dataplane_next_sending(const struct dataplane *d, const struct entry *after);
/* The pair that receives on this SPI, or NULL. */
struct entry *dataplane_receiving(const struct dataplane *d, uint32_t spi_in);
/* By inbound SPI, or NULL. */
const struct entry *dataplane_find(const struct dataplane *d, uint32_t spi_in);
/* The n-th entry of a pair that has been installed, or NULL. */
const struct entry *dataplane_pair(const struct dataplane *d, size_t n);

#endif
