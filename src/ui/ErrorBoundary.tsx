import { Component, type ReactNode } from 'react'
import { copyText } from './clipboard.ts'
import { VERSION } from './version.ts'
import styles from './ErrorBoundary.module.css'

interface Props {
  readonly children: ReactNode
  /** A pane of its own keeps the others alive. */
  readonly pane?: string
}

interface State {
  readonly error: Error | undefined
  readonly copied: boolean
}

/** Shows a fault of ours with a way to report it. React offers this only to classes. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: undefined, copied: false }

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }

  override render(): ReactNode {
    const { error, copied } = this.state
    if (error === undefined) return this.props.children
    const report = `Netpol Flow ${VERSION}\n${error.stack ?? error.message}`
    return (
      <div className={styles.fault} role="alert">
        <h2>{this.props.pane ?? 'Netpol Flow'} met a fault of its own</h2>
        <p>Your text is safe: it is in the address bar and in this browser.</p>
        <pre>{error.message}</pre>
        <div className={styles.buttons}>
          <button type="button" onClick={() => this.setState({ error: undefined })}>
            Try again
          </button>
          <button
            type="button"
            onClick={() => void copyText(report).then(ok => this.setState({ copied: ok }))}
          >
            {copied ? 'Copied' : 'Copy report'}
          </button>
        </div>
      </div>
    )
  }
}
