#pragma once
// Steps on the undo stack: an edit of the plan, of the task, and improving. Layers and tensors are referred
// to by name, never by pointer.
#include <QUndoCommand>

#include "core/improve/improve.h"
#include "core/plan/edit.h"
#include "core/task/task.h"
#include "widgets/workspace/improving.h"

namespace quantwright {

class Workspace;

class EditCommand : public QUndoCommand {
public:
    EditCommand(Workspace* workspace, Edit forward, Edit inverse)
        : m_workspace(workspace), m_forward(std::move(forward)), m_inverse(std::move(inverse)) {}

    void undo() override;
    void redo() override;
    /// What it does, for a menu in whichever language is on.
    [[nodiscard]] const Edit& edit() const { return m_forward; }

private:
    Workspace* m_workspace;
    Edit m_forward, m_inverse;
};

/// What was improved instead of what was before.
class ImproveCommand : public QUndoCommand {
public:
    ImproveCommand(Workspace* workspace, ImproveLevel level, Improvement before, Improvement after)
        : m_workspace(workspace), m_level(level), m_before(std::move(before)), m_after(std::move(after)) {}

    void undo() override;
    void redo() override;
    [[nodiscard]] ImproveLevel level() const { return m_level; }

private:
    Workspace* m_workspace;
    ImproveLevel m_level;
    Improvement m_before, m_after;
};

/// Another task, as one step of undo.
class TaskCommand : public QUndoCommand {
public:
    TaskCommand(Workspace* workspace, TaskChoice before, TaskChoice after)
        : m_workspace(workspace), m_before(std::move(before)), m_after(std::move(after)) {}

    void undo() override;
    void redo() override;

private:
    Workspace* m_workspace;
    TaskChoice m_before, m_after;
};

}  // namespace quantwright
