#include "widgets/setup/board_setup.h"

#include <unistd.h>

#include <array>

namespace quantwright {

namespace {

/// "quantwright@computer": by which the key's line can be told from others on the board.
std::string key_comment() {
    std::array<char, 256> name{};
    std::string comment = "quantwright";
    if (::gethostname(name.data(), name.size() - 1) == 0 && name.front() != '\0') {
        comment += '@';
        comment += name.data();
    }
    return comment;
}

}  // namespace

Result<SignedIn> sign_in(const ConnectOptions& options, const ConnectQuestions& questions,
                         const JobContext& job) {
    job.report(Stage::board_check, 0, 0);
    SignedIn result;
    ConnectQuestions asked = questions;
    asked.secret = [&](const SecretQuestion& question) -> std::optional<std::string> {
        result.with_password = result.with_password || question.kind != SecretQuestion::Kind::passphrase;
        return questions.secret ? questions.secret(question) : std::nullopt;
    };
    auto connection = connect(options, asked, job);
    if (!connection)
        return fail(connection);
    result.connection = std::move(*connection);
    return result;
}

Result<KeyInstalled> set_key_up(std::shared_ptr<Connection> connection, const ConnectOptions& options,
                                const KeyRequest& request, const ConnectQuestions& questions,
                                const JobContext& job) {
    job.report(Stage::board_check, 0, 0);
    if (!connection) {
        auto made = connect(options, questions, job);
        if (!made)
            return fail(made);
        connection = std::move(*made);
    }
    // A key that can't be installed need not be made.
    connection->watch(job.token());
    if (const auto sftp = connection->sftp(); !sftp)
        return fail(sftp);
    const auto key = request.create
                         ? create_key_pair(request.file, key_comment(),
                                           request.passphrase ? request.passphrase->text() : nullptr)
                         : read_public_key(request.file);
    if (!key)
        return fail(key);
    const auto installed = install_key(*connection, *key, job);
    if (!installed)
        return fail(installed);
    KeyInstalled result{*key, *installed, {}};
    const auto known = knowing_passphrase(questions, request.file, request.passphrase);
    if (const auto again = connect_with_key(options, request.file, known, job); !again) {
        if (again.error().code == ErrorCode::cancelled)
            return fail(again);
        result.login = again.error();
    }
    return result;
}

Result<BoardCheck> check_anew(const ConnectOptions& options, const std::string& runtime,
                              const ConnectQuestions& questions, const JobContext& job) {
    job.report(Stage::board_check, 0, 0);
    const auto connection = connect(options, questions, job);
    if (!connection)
        return fail(connection);
    return check_board(**connection, runtime, job);
}

ConnectQuestions knowing_passphrase(ConnectQuestions questions, const std::filesystem::path& identity,
                                    const std::shared_ptr<const Secret>& passphrase) {
    if (!passphrase)
        return questions;
    auto others = questions.secret;
    questions.secret = [others, passphrase, path = identity.string()](
                           const SecretQuestion& question) -> std::optional<std::string> {
        if (question.kind == SecretQuestion::Kind::passphrase && question.subject == path &&
            question.attempt == 1)
            return passphrase->text();
        return others ? others(question) : std::nullopt;
    };
    return questions;
}

}  // namespace quantwright
