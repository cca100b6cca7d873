#pragma once
// What the host asks for, one verb a function.
#include <map>
#include <memory>
#include <string>

#include "fields.h"
#include "json.h"
#include "output.h"
#include "runtime.h"
#include "session.h"

namespace quantwright::agent {

class Requests {
public:
    explicit Requests(Output& output) : m_output(output) {}

    /// Does it and answers it, whatever it is.
    void handle(const std::string& line);

private:
    using Verb = Json (Requests::*)(std::int64_t id, Fields& fields);
    static Verb verb_named(const std::string& name);

    /// Members of the answer beside "id" and "ok".
    Json facts(std::int64_t id, Fields& fields);
    Json turn(std::int64_t id, Fields& fields);
    Json load(std::int64_t id, Fields& fields);
    Json unload(std::int64_t id, Fields& fields);
    Json benchmark(std::int64_t id, Fields& fields);
    Json run(std::int64_t id, Fields& fields);
    Json profile(std::int64_t id, Fields& fields);
    Json probe(std::int64_t id, Fields& fields);
    Json quit(std::int64_t id, Fields& fields);

    Session& session_named(const std::string& name);
    void send_outputs(std::int64_t id, std::int64_t sample, const Session& session);

    Output& m_output;
    Runtime m_runtime;
    std::map<std::string, std::unique_ptr<Session>> m_sessions;
};

}  // namespace quantwright::agent
