// Every default and every bound of the house, once: value, unit, reason.
//
// A number that limits memory, a queue, a retry or a wait stands here and
// nowhere else (shm/ keeps its own, it may not include config/; the bounds of
// the replicated tables are in config/catalog_bounds.hpp). The names end in
// _default, _min and _max; docs/configuration.md is checked against them.
#pragma once

#include "config/catalog_bounds.hpp"
#include "config/cluster_defaults.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace holdfast::config {

inline constexpr std::uint64_t kibibyte = 1024;
inline constexpr std::uint64_t mebibyte = 1024 * kibibyte;
inline constexpr std::uint64_t gibibyte = 1024 * mebibyte;

// -- the file itself ---------------------------------------------------------

/// Bytes. A hand-written file is a few KiB; more is a mistake or an attack.
inline constexpr std::size_t file_bytes_max = 1024 * 1024;

/// Levels of nesting. The deepest legal place is 7; the rest is head room.
inline constexpr std::size_t file_depth_max = 16;

/// Complaints. Nobody reads more, and hostile input must not fill memory.
inline constexpr std::size_t complaints_max = 200;

/// Bytes of a found value that a complaint repeats: one screen line.
inline constexpr std::size_t quoted_bytes_max = 60;

/// Bytes. Longer unknown words get no "did you mean": comparing costs n * m.
inline constexpr std::size_t suggestion_bytes_max = 64;

// -- names -------------------------------------------------------------------

/// Bytes. Fits a 64-byte field with its final zero in control memory.
inline constexpr std::size_t name_bytes_max = 63;

/// Bytes. As a name: the tag stands beside the name in the directory.
inline constexpr std::size_t type_tag_bytes_max = 63;

/// Bytes. Linux gives account names 32; directory services allow more.
inline constexpr std::size_t account_bytes_max = 255;

/// Bytes of one account's entry: a group of ten thousand members fits.
inline constexpr std::size_t account_entry_bytes_max = 1024 * 1024;

/// Bytes. A sentence's worth for the editor's "$schema" address.
inline constexpr std::size_t schema_address_bytes_max = 1024;

// -- node --------------------------------------------------------------------

/// Number. The lowest id leads, so the first node is 1; zero means "nobody".
inline constexpr std::uint64_t node_id_default = 1;
inline constexpr std::uint64_t node_id_min = 1;
/// Number. Leaves the upper half of 32 bits for marks in control memory.
inline constexpr std::uint64_t node_id_max = std::uint64_t{1} << 31;

/// Text before the id when a node is not named.
inline constexpr std::string_view node_name_prefix = "node-";

/// Path. Where a Debian service keeps its state.
inline constexpr std::string_view data_directory_default = "/var/lib/holdfast";
/// Bytes. PATH_MAX without its final zero.
inline constexpr std::size_t data_directory_bytes_max = 4095;

/// Path. Inside the service's RuntimeDirectory, gone after a restart.
inline constexpr std::string_view socket_default = "/run/holdfast/attach.sock";
/// Bytes. sun_path holds 108 with its final zero.
inline constexpr std::size_t socket_bytes_max = 107;

// -- log ---------------------------------------------------------------------

/// Word. Text for a terminal, JSON for everything else.
inline constexpr std::string_view log_format_default = "automatic";
/// Word. Tells the story of the node without a line per request.
inline constexpr std::string_view log_level_default = "info";

// -- attach ------------------------------------------------------------------

/// Time. A local client says hello in microseconds; a silent one is let go.
inline constexpr std::chrono::milliseconds hello_deadline_default{1000};
inline constexpr std::chrono::milliseconds hello_deadline_min{10};
inline constexpr std::chrono::milliseconds hello_deadline_max{60000};

/// Connections not yet authenticated: strangers cannot use up descriptors.
inline constexpr std::uint64_t pending_default = 64;
inline constexpr std::uint64_t pending_min = 1;
inline constexpr std::uint64_t pending_max = 4096;

/// Sessions of the whole node: one descriptor each, 1024 is a usual limit.
inline constexpr std::uint64_t sessions_default = 1024;
inline constexpr std::uint64_t sessions_min = 1;
inline constexpr std::uint64_t sessions_max = 65536;

/// Sessions of one Unix user: a quarter of the node, so no user starves it.
inline constexpr std::uint64_t sessions_per_uid_default = 256;
inline constexpr std::uint64_t sessions_per_uid_min = 1;
inline constexpr std::uint64_t sessions_per_uid_max = sessions_max;

/// Time before connections are accepted again by a node that is out of
/// descriptors or memory: a busy loop would make it worse.
inline constexpr std::chrono::milliseconds accept_pause{100};

/// Name of a cluster that was given none.
inline constexpr std::string_view cluster_name_default = "holdfast";

// -- discovery directory -----------------------------------------------------

/// Time between two heartbeats in the directory: a few small files each.
inline constexpr std::chrono::milliseconds discovery_beat{1000};
/// Time without a heartbeat after which a node is asked: five missed.
inline constexpr std::chrono::milliseconds discovery_stale_after{5000};
/// Time for an answer, after which its file may go.
inline constexpr std::chrono::milliseconds discovery_ask_patience{2000};

/// Heartbeats that a node without a list waits for others before a cluster is
/// founded: nodes that one script starts are all there by then.
inline constexpr int discovery_meeting_beats = 3;

/// Bytes of one node's file: a dozen short members, 500 bytes as a rule.
inline constexpr std::size_t instance_file_bytes_max = 4 * kibibyte;
/// Entries of the directory that one heartbeat looks at.
inline constexpr std::size_t discovery_entries_max = 4096;
/// Lines that one heartbeat writes to the log about files that are wrong.
inline constexpr std::size_t discovery_complaints_max = 8;

/// Bytes of host:port: the longest host name and five digits.
inline constexpr std::size_t address_bytes_max = 259;
/// Number. The kernel's own bound on 64-bit machines.
inline constexpr std::uint64_t process_id_max = std::uint64_t{1} << 22;

// -- TLS files and certificates ----------------------------------------------

/// Bytes of a certificate, key or authority file: a few KiB each; an authority
/// file may hold a company's whole list.
inline constexpr std::size_t tls_file_bytes_max = mebibyte;

/// Time before a certificate ends at which the start begins to warn.
inline constexpr std::chrono::days tls_expiry_warning{30};

/// Time. A cluster's authority outlives the hosts; changing it is an effort.
inline constexpr std::chrono::days authority_validity_default{3650};
/// Time. A year and a month to renew in, the longest that browsers accept.
inline constexpr std::chrono::days certificate_validity_default{397};
inline constexpr std::chrono::days certificate_validity_min{1};
inline constexpr std::chrono::days certificate_validity_max{36500};

/// Time by which a new certificate is valid earlier: hosts' clocks differ.
inline constexpr std::chrono::hours certificate_backdating{1};

/// Hosts and addresses in one certificate.
inline constexpr std::size_t certificate_hosts_max = 64;
/// Bytes. What the domain name system allows.
inline constexpr std::size_t host_name_bytes_max = 253;

// -- lease -------------------------------------------------------------------

/// Time. Five missed renewals, the moment at which a peer counts as Down.
inline constexpr std::chrono::milliseconds lease_duration_default{2500};
/// What a quiet machine bears: stalls of 12 ms are routine on a shared one, and
/// 72 ms happen.
inline constexpr std::chrono::milliseconds lease_duration_min{200};
inline constexpr std::chrono::milliseconds lease_duration_max{60000};

/// Time. The heartbeat's own interval.
inline constexpr std::chrono::milliseconds lease_renewal_default{500};
inline constexpr std::chrono::milliseconds lease_renewal_min{50};
inline constexpr std::chrono::milliseconds lease_renewal_max{20000};

/// Renewals in a lease: two may be lost before readers are told "stale".
inline constexpr std::uint64_t lease_renewals_min = 3;

// -- tenants -----------------------------------------------------------------

/// Tenants of a file: each has actors of its own.
inline constexpr std::uint64_t tenants_max = 1024;
/// Principals of a tenant: each hello looks through them.
inline constexpr std::uint64_t principals_max = 1024;
/// Grants of a principal: each request looks through them.
inline constexpr std::uint64_t grants_max = 64;
/// Rights in a grant: there are four words.
inline constexpr std::uint64_t rights_max = 4;

/// Number. The last is (uid_t)-1, which the kernel reads as "unchanged".
inline constexpr std::uint64_t account_id_max = 4294967294;

/// Bytes of all regions of a tenant at their largest.
inline constexpr std::uint64_t quota_bytes_default = gibibyte;
inline constexpr std::uint64_t quota_bytes_min = 64 * kibibyte;
inline constexpr std::uint64_t quota_bytes_max = 1024 * gibibyte;

/// Regions of a tenant: two memory objects and one actor each.
inline constexpr std::uint64_t quota_regions_default = 64;
inline constexpr std::uint64_t quota_regions_min = 1;
inline constexpr std::uint64_t quota_regions_max = 4096;

/// Variables of a tenant: as many as its regions hold by default.
inline constexpr std::uint64_t quota_variables_default = 65536;
inline constexpr std::uint64_t quota_variables_min = 1;
inline constexpr std::uint64_t quota_variables_max = 1048576;

/// Sessions of a tenant: a quarter of the node's.
inline constexpr std::uint64_t quota_sessions_default = 256;
inline constexpr std::uint64_t quota_sessions_min = 1;
inline constexpr std::uint64_t quota_sessions_max = sessions_max;

// -- regions and variables ---------------------------------------------------

/// Bytes. Below, the page-aligned control object outweighs the values.
inline constexpr std::uint64_t region_bytes_min = 64 * kibibyte;
/// Bytes. Reserved at creation: more is a host of its own.
inline constexpr std::uint64_t region_bytes_max = 64 * gibibyte;

/// Variables of a region: the directory is sized for them at creation.
inline constexpr std::uint64_t region_variables_default = 1024;
inline constexpr std::uint64_t region_variables_min = 1;
inline constexpr std::uint64_t region_variables_max = 65536;

/// Nodes that hold a region, its home among them: with three, any one may die.
/// Where there are fewer nodes, all of them hold it.
inline constexpr std::uint64_t region_copies_default = 3;
inline constexpr std::uint64_t region_copies_min = 1;
inline constexpr std::uint64_t region_copies_max = 7;

/// Word. Attached clients that hold the right may write.
inline constexpr std::string_view region_writers_default = "clients";
/// Word. Several nodes hold the values; a disk costs syncs with every change.
inline constexpr std::string_view region_durability_default = "memory";
/// Word. A fixed-size value is what most variables are.
inline constexpr std::string_view variable_kind_default = "value";

/// Bytes of one variable: a value is copied whole by each read.
inline constexpr std::uint64_t variable_capacity_min = 1;
inline constexpr std::uint64_t variable_capacity_max = 16 * mebibyte;

// -- bounds of other folders -------------------------------------------------

/// Bytes of one frame between client and node; values travel in the mapping.
inline constexpr std::size_t frame_bytes_max = 64 * 1024;

/// Fields in one frame: ends a parse that hostile lengths would stretch.
inline constexpr std::size_t fields_per_frame_max = 4096;

/// Time for the node's actors to answer a client's request; making or growing
/// a region may take longer. They need microseconds.
inline constexpr std::chrono::milliseconds answer_deadline{10000};
/// Bytes of a value that a session stores or loads for a client that does not
/// map the region: a frame holds it, and names beside it.
inline constexpr std::size_t session_value_bytes_max = 60 * 1024;
/// Stores of which a session knows the outcome when it is asked again.
inline constexpr std::size_t session_stores_max = 128;
/// Time between two tries, and tries, where a client is in the middle of its
/// own store: as long as one that maps the region would wait.
inline constexpr std::chrono::milliseconds session_retry_interval{5};
inline constexpr int session_tries_max = 50;
/// Time between two tries to find a region's home, at most.
inline constexpr std::chrono::milliseconds session_retry_interval_max{100};
/// Time for one answer of a home, after which it is asked again: another one
/// may have taken over. Less than a home takes to count as down.
inline constexpr std::chrono::milliseconds session_answer_patience{1000};
/// Time the event loop gives to actors at a stretch, and in so much time it
/// gives one: attaching takes some 50 us of it.
inline constexpr std::chrono::microseconds loop_stretch{1000};
inline constexpr unsigned loop_rest_per_work = 2;

/// Clients attached to one region: the slot number in a lock word.
inline constexpr std::size_t clients_per_region_max = 1024;

/// Variables in one group store or snapshot: bounds the time to undo one.
inline constexpr std::size_t group_variables_max = 64;

/// Time from SIGTERM to exit; systemd would kill much later.
inline constexpr std::chrono::milliseconds shutdown_deadline{5000};

/// Time between two drains of a busy region: fresh enough for a replica.
inline constexpr std::chrono::milliseconds drain_interval_min{1};
/// Time between two drains of a region nobody waits for; a writer killed in
/// the middle of a group store is undone within it.
inline constexpr std::chrono::milliseconds drain_interval_max{20};

/// Regions of one client actor: it sleeps on two words of each, and one system
/// call takes 128.
inline constexpr std::size_t client_regions_max = 60;
/// Subscriptions of one client actor: each change looks through those of its
/// region.
inline constexpr std::size_t client_subscriptions_max = 4096;
/// Requests to attach one region that wait for the node.
inline constexpr std::size_t client_attach_requests_max = 256;

/// Time before the first reconnect, doubled up to the last: a restarted node
/// is found at once, a dead one costs next to nothing.
inline constexpr std::chrono::milliseconds reconnect_delay_min{50};
inline constexpr std::chrono::milliseconds reconnect_delay_max{2000};

// -- the process -------------------------------------------------------------

/// Blocks of memory from this size on are asked of the kernel, and given back
/// to it, one by one: above all messages between nodes but those with the
/// largest values.
inline constexpr std::size_t allocated_apart_bytes = 4 * mebibyte;
/// Freed memory that the allocator keeps for later: the windows to all holders
/// of some busy regions.
inline constexpr std::size_t freed_bytes_kept = 32 * mebibyte;

// -- consensus ---------------------------------------------------------------

/// Pages of 4 KiB in the write-ahead log of consensus before they move into
/// the file: 4 MiB are read again in no time, and each move costs two syncs.
inline constexpr int consensus_log_pages_max = 1000;

/// Writes of consensus that wait for the disk: more means that it stands still.
inline constexpr std::size_t consensus_writes_max = 4096;

/// Entries under way to one member: with fewer than clients ask for at a time,
/// a part of each batch waits for an answer of the one before.
inline constexpr std::uint32_t consensus_window_max = 256;

/// Bytes of one message between electors: a snapshot with its head.
inline constexpr std::size_t consensus_packet_bytes_max = 65 * mebibyte;

/// Proposals under way at one node: each holds its command and who asked.
inline constexpr std::size_t proposals_max = 4096;
/// Time for a proposal: an election and a half, then the caller hears of it.
inline constexpr std::chrono::milliseconds proposal_deadline{5000};
/// Time between two looks at proposals that wait for a leader.
inline constexpr std::chrono::milliseconds proposal_retry{20};

/// Time for one attempt of a command: longer than the proposal behind it.
inline constexpr std::chrono::milliseconds command_deadline{7000};
/// Between two looks at which attempts are over time. One timer for all: one
/// for each would wake a thread twice for each command.
inline constexpr std::chrono::milliseconds command_deadline_grain{250};
/// Attempts of a command of which it is not known what became, and the time
/// between them: a new leader answers within an election.
inline constexpr std::uint32_t command_attempts_max = 4;
inline constexpr std::chrono::milliseconds command_retry{200};
/// Regions that a node says have settled at a time: clients' commands share its
/// numbers.
inline constexpr std::size_t settling_max = 16;
/// Commands whose regions are being made or changed on this node.
inline constexpr std::size_t keeper_waiters_max = 1024;

/// Time for a node alone to have its start agreed on; it takes milliseconds.
inline constexpr std::chrono::milliseconds enter_deadline{30000};
/// Between two lines of the log that say what entering waits for.
inline constexpr std::chrono::milliseconds entering_words_interval{5000};

/// Actors of this node that want to hear of the leader.
inline constexpr std::size_t leadership_watchers_max = 64;

/// Weight of a node among nodes: how many shares of the homes it takes.
inline constexpr std::uint32_t node_weight_default = 1;
inline constexpr std::uint32_t node_weight_max = 100;

} // namespace holdfast::config
