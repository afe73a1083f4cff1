# frozen_string_literal: true

# Slack notifications of a group, which its projects inherit. The webhook comes by standard input, {"slackWebhook": …}.
# Source: https://docs.gitlab.com/user/project/integrations/slack/

facts = JSON.parse(File.read('/etc/gitlab-node/role.json')).fetch('slack')
webhook = JSON.parse($stdin.read).fetch('slackWebhook')
begin
  raise 'the webhook is empty' if webhook.blank?

  group = Group.find_by_full_path(facts.fetch('group')) || raise("there is no group #{facts.fetch('group')}")
  integration = Integration.find_or_initialize_non_project_specific_integration('slack', group_id: group.id)
  raise 'this GitLab has no Slack notifications' if integration.nil?

  values = { 'active' => true, 'webhook' => webhook }
  integration.supported_events.each do |event|
    channel = integration.event_channel_name(event)
    values[channel] = facts.fetch('channel') if integration.respond_to?("#{channel}=")
  end
  if integration.persisted? && values.all? { |name, value| integration.public_send(name) == value }
    puts 'slack: as it should be'
  else
    integration.assign_attributes(values)
    integration.save!
    PropagateIntegrationWorker.perform_async(integration.id)
    puts 'slack: stored'
  end
rescue StandardError => e
  abort "slack: #{e.message.gsub(webhook.presence || "\0", '…')}"
end
