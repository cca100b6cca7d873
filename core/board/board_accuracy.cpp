#include "core/board/board_accuracy.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>

#include "core/evaluate/exact_integers.h"

namespace quantwright {

namespace {

/// Outputs on their way from the connection's thread to the one that judges them.
class OutputQueue {
public:
    /// Waits while it is full. Fails if nobody takes them any more.
    Status push(std::vector<Tensor> outputs) {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return m_end || m_waiting.size() < k_longest; });
        if (m_end)
            return tl::unexpected<Error>(*m_end);
        m_waiting.push_back(std::move(outputs));
        m_changed.notify_all();
        return {};
    }

    Result<std::vector<Tensor>> pop() {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return m_end || !m_waiting.empty(); });
        if (m_waiting.empty())
            return tl::unexpected<Error>(*m_end);
        auto outputs = std::move(m_waiting.front());
        m_waiting.pop_front();
        m_changed.notify_all();
        return outputs;
    }

    /// What waits can still be taken; after that both sides get this.
    void end(const Error& error) {
        const std::lock_guard lock(m_mutex);
        if (!m_end)
            m_end = error;
        m_changed.notify_all();
    }

private:
    static constexpr std::size_t k_longest = 8;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<std::vector<Tensor>> m_waiting;
    std::optional<Error> m_end;
};

}  // namespace

Runner runner_by_name(const Session& session, const InputReader& reader) {
    const auto& names = session.input_names();
    const auto& sources = reader.sources();
    std::vector<std::size_t> order;
    for (const std::string& name : names) {
        const auto found = std::find_if(sources.begin(), sources.end(),
                                        [&](const InputSource& source) { return source.input == name; });
        if (found != sources.end())
            order.push_back(static_cast<std::size_t>(found - sources.begin()));
    }
    if (order.size() != names.size())
        return runner(session);  // other names: the order has to do
    return [&session, order](const std::vector<Tensor>& inputs, const CancelToken& cancel) {
        std::vector<Tensor> ordered;
        ordered.reserve(order.size());
        for (const std::size_t index : order)
            ordered.push_back(inputs[index]);
        return session.run(ordered, cancel);
    };
}

Result<Accuracy> board_accuracy(Agent& agent, const AccuracyRequest& request, const JobContext& job) {
    const auto exact = pure_session(*request.model, request.threads);
    if (!exact)
        return fail(exact);
    std::unique_ptr<Session> reference_session;
    Runner reference;
    if (request.reference) {
        auto session = Session::create(*request.reference, {request.threads, Optimizations::standard, {}});
        if (!session)
            return fail(session);
        reference_session = std::move(*session);
        reference = runner_by_name(*reference_session, *request.reader);
    }
    EvaluateOptions options{0, request.max_images};
    options.arithmetic = Arithmetic::board;
    EvaluateOptions host_options = options;
    host_options.arithmetic = Arithmetic::file_off;
    const Runner host_runner = runner_by_name(**exact, *request.reader);
    const auto judge = request.judge->again(), host_judge = request.judge->again();
    judge->keep_shown();
    options.by_scores = host_options.by_scores = judge->task().kind == TaskKind::classification;
    const auto judged_by = [](Judge& by) {
        return [&by](std::int64_t sample, const std::vector<Tensor>& outputs,
                     const std::vector<Tensor>& expected) { return by.add(sample, outputs, expected); };
    };
    options.judge = judged_by(*judge);
    host_options.judge = judged_by(*host_judge);

    OutputQueue queue;
    const Runner from_board = [&queue](const std::vector<Tensor>&, const CancelToken&) {
        return queue.pop();
    };
    std::atomic<std::int64_t> done = 0, total = 0;
    CancelToken stop;  // of the host's own run: nobody waits for it once the board's has failed
    const JobContext quiet(job.token());
    const JobContext counted(stop, [&](const Progress& progress) {
        done = progress.done;
        total = progress.total;
    });
    auto judging = std::async(std::launch::async, [&] {
        auto evaluation = evaluate(from_board, reference, *request.reader, options, quiet);
        if (!evaluation)
            queue.end(evaluation.error());
        return evaluation;
    });
    auto computing = std::async(std::launch::async, [&] {
        return evaluate(host_runner, reference, *request.reader, host_options, counted);
    });
    const auto ran = agent.run(request.session, request.samples, 0, request.count,
                               [&](SampleOutputs sample) { return queue.push(std::move(sample.outputs)); });
    queue.end(ran ? Error{ErrorCode::board_bad_answer, request.samples, "no more outputs"} : ran.error());
    auto board = judging.get();
    if (!ran)
        stop.cancel();
    while (computing.wait_for(std::chrono::milliseconds(100)) != std::future_status::ready) {
        if (job.cancelled())
            stop.cancel();
        else if (ran)
            job.report(Stage::evaluate, done, total);
    }
    auto host = computing.get();
    if (!ran)
        return fail(ran);
    if (!board)
        return fail(board);
    if (!host)
        return fail(host);
    return Accuracy{std::move(*board), std::move(*host), judge->judgement(), host_judge->judgement()};
}

}  // namespace quantwright
