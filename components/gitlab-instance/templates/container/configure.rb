# frozen_string_literal: true

# Runs inside GitLab's container by `gitlab-rails runner`. Reads one runner fleet a line from standard input,
# `name|tag,tag|true or false|secret`, and answers `runner-token<TAB>name<TAB>token`. Idempotent.

# Several nodes share no disk: running jobs' logs go by Redis and object storage. A setting since 17.11.
# Source: https://docs.gitlab.com/administration/cicd/job_logs/#incremental-logging
if ENV.fetch('GITLAB_NODE_OBJECTS') == 's3'
  settings = Gitlab::CurrentSettings.current_application_settings
  settings.update!(ci_job_live_trace_enabled: true) unless settings.ci_job_live_trace_enabled
end

MARK = 'Made by the environment for runner fleet'

administrator = User.admins.active.order(:id).first
raise 'GitLab has no active administrator' if administrator.nil?

$stdin.each_line(chomp: true) do |line|
  next if line.empty?

  name, tags, untagged, = line.split('|')
  note = "#{MARK} #{name}"
  wanted = { tag_list: tags.to_s.split(','), run_untagged: untagged == 'true' }
  runner = Ci::Runner.instance_type.find_by(maintenance_note: note)
  if runner
    runner.update!(wanted)
  else
    answer = Ci::Runners::CreateRunnerService.new(
      user: administrator,
      params: { runner_type: 'instance_type', description: name, maintenance_note: note, **wanted }
    ).execute
    raise "runner fleet #{name}: #{Array(answer.message).join(', ')}" if answer.error?

    runner = answer.payload.fetch(:runner)
  end
  puts ['runner-token', name, runner.token].join("\t")
end
