#include "core/verify/verify.h"

#include <algorithm>
#include <csignal>

#include "core/base/child_process.h"
#include "core/base/json.h"
#include "core/base/scratch_folder.h"
#include "core/verify/check_request.h"
#include "core/verify/checker.h"

namespace quantwright {

namespace {

namespace fs = std::filesystem;

/// What became of a run that has begun and said nothing more yet.
constexpr const char* k_unsaid = "?";

/// Takes the checker's lines in; one that makes no sense is left out.
void take(std::string_view line, Verified& verified) {
    std::vector<CheckedRun>& runs = verified.runs;
    const Json json = Json::parse(line, nullptr, false);
    if (!json.is_object())
        return;
    if (!json.contains("run")) {
        if (!runs.empty() && json.contains("failure"))
            runs.back().failure = json["failure"].get<std::string>();
        return;
    }
    if (json.size() == 1) {
        runs.emplace_back().optimizations = optimizations_of(json["run"].get<std::string>());
        runs.back().failure = k_unsaid;
        return;
    }
    if (runs.empty())
        return;
    CheckedRun& run = runs.back();
    if (json.contains("loaded")) {
        run.loaded = true;
        run.load_seconds = json["loaded"].get<double>();
    } else if (json.contains("failure")) {
        run.failure = json["failure"].get<std::string>();
    } else if (json.contains("ran")) {
        run.failure.clear();
        run.run_seconds = json["ran"].get<double>();
        verified.peak_memory_bytes = json.value("peak_memory_bytes", std::int64_t{0});
        for (const Json& output : json["outputs"])
            run.outputs.push_back({output["name"].get<std::string>(),
                                   static_cast<ElementType>(output["type"].get<int>()),
                                   output["shape"].get<Shape>(), output["finite"].get<bool>()});
    }
}

std::string name_of_signal(int signal) {
    switch (signal) {
        case SIGSEGV:
            return "SIGSEGV, segmentation fault";
        case SIGABRT:
            return "SIGABRT, abort";
        case SIGBUS:
            return "SIGBUS, bus error";
        case SIGFPE:
            return "SIGFPE, arithmetic error";
        case SIGILL:
            return "SIGILL, illegal instruction";
        case SIGKILL:
            return "SIGKILL, killed; the memory may have run out";
        default:
            return "signal " + std::to_string(signal);
    }
}

/// How a process ended that didn't say its last word.
std::string last_words(const ProcessEnd& end, const CheckedRun& run, std::chrono::seconds limit) {
    const std::string where = run.loaded ? " while running the file" : " while loading the file";
    if (end.timed_out)
        return "no end after " + std::to_string(limit.count()) + " s" + where;
    std::string text = end.signal != 0 ? "ONNX Runtime crashed (" + name_of_signal(end.signal) + ")" + where
                                       : "the process ended" + where;
    std::string said = end.errors;
    while (!said.empty() && (said.back() == '\n' || said.back() == ' '))
        said.pop_back();
    if (const auto line = said.rfind('\n'); line != std::string::npos)
        said.erase(0, line + 1);
    return said.empty() ? text : text + ": " + said;
}

}  // namespace

const CheckedRun* Verified::failed() const {
    const auto found =
        std::find_if(runs.begin(), runs.end(), [](const CheckedRun& run) { return !run.failure.empty(); });
    return found == runs.end() ? nullptr : &*found;
}

Result<Verified> verify_file(const fs::path& file, const std::vector<NamedTensor>& inputs,
                             const VerifyOptions& options, const JobContext& job) {
    const auto begin = std::chrono::steady_clock::now();
    const auto program = checker_program();
    if (!program)
        return fail(program);
    ScratchFolder folder;
    if (auto made = folder.make({}); !made)
        return fail(ErrorCode::output_not_checked, made.error().subject, "no folder can be made there");
    // What crashes more often comes last, so that the other is known.
    CheckRequest request{file, inputs, {Optimizations::off}, options.threads};
    if (options.standard)
        request.runs.push_back(Optimizations::standard);
    if (auto written = write_request(request, folder.folder()); !written)
        return fail(written);
    Verified verified;
    const auto end = run_process(
        *program, {folder.folder().string()}, options.limit,
        [&](std::string_view line) { take(line, verified); }, job);
    if (!end)
        return fail(end);
    if (verified.runs.empty())
        return fail(ErrorCode::output_not_checked, program->string(),
                    last_words(*end, CheckedRun{}, options.limit));
    CheckedRun& last = verified.runs.back();
    if (last.failure == k_unsaid)
        last.failure = last_words(*end, last, options.limit);
    else if (verified.runs.size() < request.runs.size()) {
        CheckedRun never;
        never.optimizations = request.runs[verified.runs.size()];
        never.failure = last_words(*end, never, options.limit);
        verified.runs.push_back(std::move(never));
    }
    verified.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return verified;
}

}  // namespace quantwright
