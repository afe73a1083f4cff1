# frozen_string_literal: true

# Mirrors in either direction. What they are stands in role.json; tokens come by standard input,
# {"mirrorTokens": {"name": …}}. Groups and projects on the way are made, and private.
# Source: https://docs.gitlab.com/user/project/repository/mirror/

wanted = JSON.parse(File.read('/etc/gitlab-node/role.json')).fetch('mirrors')
tokens = JSON.parse($stdin.read).fetch('mirrorTokens')
ROOT_USER = User.admins.active.order(:id).first || raise('GitLab has no active administrator')
ORGANIZATION = (Organizations::Organization.order(:id).first if defined?(Organizations::Organization))

def succeed(answer, record)
  message = answer.respond_to?(:error?) && answer.error? ? answer.message : record&.errors&.full_messages&.join(', ')
  raise message if message.present? || record.nil? || !record.persisted?

  record
end

def group_at(path)
  Group.find_by_full_path(path) || begin
    parent, _, name = path.rpartition('/')
    params = { name: name, path: name, visibility_level: Gitlab::VisibilityLevel::PRIVATE }
    params[:parent_id] = group_at(parent).id unless parent.empty?
    params[:organization_id] = ORGANIZATION.id if ORGANIZATION
    answer = Groups::CreateService.new(ROOT_USER, params).execute
    # Newer releases answer with a response, older ones with the group.
    succeed(answer, answer.respond_to?(:payload) ? answer.payload[:group] : answer)
  end
end

def project_at(full_path)
  Project.find_by_full_path(full_path) || begin
    parent, _, name = full_path.rpartition('/')
    group = group_at(parent)
    params = { name: name, path: name, namespace_id: group.id, visibility_level: Gitlab::VisibilityLevel::PRIVATE }
    params[:organization_id] = ORGANIZATION.id if ORGANIZATION
    project = Projects::CreateService.new(ROOT_USER, params).execute
    succeed(nil, project)
  end
end

def with_credentials(url, username, token)
  uri = URI.parse(url)
  uri.userinfo = "#{ERB::Util.url_encode(username)}:#{ERB::Util.url_encode(token)}"
  uri.to_s
end

def pull(project, url)
  raise 'this licence has no pull mirrors' unless project.feature_available?(:repository_mirrors)
  return false if project.mirror? && project.import_url == url

  project.update!(
    mirror: true, import_url: url, mirror_user_id: ROOT_USER.id, mirror_trigger_builds: false,
    only_mirror_protected_branches: false, mirror_overwrites_diverged_branches: true
  )
  true
end

def push(project, plain, url)
  mirror = project.remote_mirrors.find { |one| Gitlab::UrlSanitizer.new(one.url).sanitized_url == plain }
  return false if mirror&.enabled? && mirror.url == url

  mirror ||= project.remote_mirrors.build
  mirror.assign_attributes(url: url, enabled: true, only_protected_branches: false, keep_divergent_refs: false)
  mirror.save!
  true
end

failed = wanted.filter_map do |facts|
  name = facts.fetch('name')
  token = tokens.fetch(name)
  raise 'its token is empty' if token.blank?

  plain = facts.fetch('url')
  url = with_credentials(plain, facts.fetch('username'), token)
  project = project_at(facts.fetch('project'))
  changed = facts.fetch('direction') == 'pull' ? pull(project, url) : push(project, plain, url)
  puts "#{name}: #{changed ? 'stored' : 'as it should be'}"
  nil
rescue StandardError => e
  "#{name}: #{e.message.gsub(token.presence || "\0", '…').gsub(ERB::Util.url_encode(token.presence || "\0"), '…')}"
end
abort failed.join('; ') if failed.any?
