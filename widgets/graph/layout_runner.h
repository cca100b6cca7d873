#pragma once
// Lays out in the background. A newer request cancels the older one and its late answer is dropped.
#include <QObject>
#include <QThreadPool>
#include <atomic>
#include <memory>

#include "widgets/graph/layout.h"

namespace quantwright {

class LayoutRunner : public QObject {
    Q_OBJECT
public:
    explicit LayoutRunner(QObject* parent = nullptr);
    ~LayoutRunner() override;  ///< cancels and waits

    void start(LayoutInput input);
    void cancel();
    [[nodiscard]] bool isRunning() const { return m_cancel != nullptr; }

signals:
    /// In the thread of this object; never for a cancelled or outdated request.
    void finished(std::shared_ptr<const quantwright::GraphLayout> layout);

private:
    void deliver(quint64 generation, std::shared_ptr<const GraphLayout> layout);

    QThreadPool m_pool;
    quint64 m_generation = 0;
    std::shared_ptr<std::atomic_bool> m_cancel;  ///< of the request under way
};

}  // namespace quantwright
