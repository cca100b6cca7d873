#include "widgets/graph/layout_runner.h"

#include <utility>

namespace quantwright {

LayoutRunner::LayoutRunner(QObject* parent) : QObject(parent) {
    m_pool.setMaxThreadCount(1);
}

LayoutRunner::~LayoutRunner() {
    cancel();
    m_pool.waitForDone();
}

void LayoutRunner::start(LayoutInput input) {
    cancel();
    m_cancel = std::make_shared<std::atomic_bool>(false);
    m_pool.start([this, input = std::move(input), stop = m_cancel, generation = m_generation] {
        auto layout =
            std::make_shared<const GraphLayout>(layoutGraph(input, [&stop] { return stop->load(); }));
        // The destructor waits for this thread, so `this` is alive here; what is still queued then goes
        // with it.
        QMetaObject::invokeMethod(
            this, [this, generation, layout] { deliver(generation, layout); }, Qt::QueuedConnection);
    });
}

void LayoutRunner::cancel() {
    ++m_generation;
    if (m_cancel)
        m_cancel->store(true);
    m_cancel.reset();
}

void LayoutRunner::deliver(quint64 generation, std::shared_ptr<const GraphLayout> layout) {
    if (generation != m_generation || layout->cancelled)
        return;
    m_cancel.reset();
    emit finished(std::move(layout));
}

}  // namespace quantwright
