#include "core/board/host_key.h"

#include <memory>

#include "core/board/clean_text.h"

namespace quantwright {

namespace {

HostKeyQuestion describe(SshSession& session) {
    HostKeyQuestion question;
    const BoardAddress& address = session.address();
    question.host =
        address.port == 22 ? address.host : "[" + address.host + "]:" + std::to_string(address.port);
    ssh_key raw = nullptr;
    if (ssh_get_server_publickey(session.raw(), &raw) != SSH_OK)
        return question;
    const std::unique_ptr<std::remove_pointer_t<ssh_key>, decltype(&ssh_key_free)> key(raw, &ssh_key_free);
    if (const char* type = ssh_key_type_to_char(ssh_key_type(key.get())))
        question.type = type;
    unsigned char* hash = nullptr;
    std::size_t size = 0;
    if (ssh_get_publickey_hash(key.get(), SSH_PUBLICKEY_HASH_SHA256, &hash, &size) != 0)
        return question;
    if (char* text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, size)) {
        question.fingerprint = text;
        ssh_string_free_char(text);
    }
    ssh_clean_pubkey_hash(&hash);
    return question;
}

}  // namespace

Status check_host_key(SshSession& session, const ConnectQuestions& questions) {
    const ssh_known_hosts_e state = ssh_session_is_known_server(session.raw());
    if (state == SSH_KNOWN_HOSTS_OK)
        return {};
    const HostKeyQuestion question = describe(session);
    std::string key = question.type;
    key += " " + question.fingerprint;
    // A key of another type than the known ones says as little about the machine as a changed one.
    if (state == SSH_KNOWN_HOSTS_CHANGED || state == SSH_KNOWN_HOSTS_OTHER)
        return fail(ErrorCode::board_host_key_changed, session.place(), std::move(key));
    if (state == SSH_KNOWN_HOSTS_ERROR || question.fingerprint.empty())
        return fail(ErrorCode::board_host_key_unknown, session.place(), ssh_error_text(session.raw()));
    if (!questions.trust || !questions.trust(question))
        return fail(ErrorCode::board_host_key_unknown, session.place(), std::move(key));
    // If it can't be written, the question comes again next time; that is no reason not to go on now.
    ssh_session_update_known_hosts(session.raw());
    return {};
}

}  // namespace quantwright
