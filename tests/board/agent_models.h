#pragma once
// What several tests of the agent need: where things are, and models as files.
#include <onnx/onnx_pb.h>

#include <QtTest/QtTest>

#include "agent_process.h"
#include "core/model/model.h"
#include "tests/support/small_models.h"

namespace quantwright::testing {

inline const QString agent_program = QStringLiteral(QUANTWRIGHT_AGENT);
inline const std::string runtime_library = QUANTWRIGHT_ONNXRUNTIME;
inline const std::string stub_library = QUANTWRIGHT_STUB_LIBRARY;

inline std::string model_bytes(const Model& model) {
    std::string bytes;
    if (!model.proto().SerializeToString(&bytes))
        qFatal("the model can't be written");
    return bytes;
}

/// One convolution of 256 channels over 128x128: many milliseconds a run everywhere.
inline std::shared_ptr<const Model> slow_model() {
    ModelBuilder builder;
    builder.input("input", {1, 256, 128, 128}).output("out");
    builder.conv("conv", "input", "out", 256, 256);
    return builder.build();
}

/// Loaded "a", from a.onnx; with `more` in the request.
inline AgentReply load(AgentProcess& agent, const Json& more = Json::object()) {
    Json request = {{"do", "load"}, {"name", "a"}, {"model", AgentHome::inside("a.onnx")}, {"threads", 1}};
    request.update(more);
    return agent.ask(request);
}

/// Started, with this machine's runtime and the model as a.onnx.
inline void start_agent(AgentProcess& agent, const AgentHome& home, const Model& model,
                        const QStringList& variables = {}, const std::string& provider = {}) {
    home.put("a.onnx", model_bytes(model));
    agent.start(home.path(), agent_program, {QStringLiteral("serve")}, variables);
    const AgentReply facts =
        agent.ask({{"do", "facts"}, {"runtime", runtime_library}, {"provider_library", provider}});
    if (!facts.ok())
        qFatal("no facts");
}

}  // namespace quantwright::testing
