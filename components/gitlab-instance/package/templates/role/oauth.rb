# frozen_string_literal: true

# Applications that sign their users in with this GitLab. What they are stands in role.json; id and secret come by
# standard input, {"name": {"uid": …, "secret": …}}. The secret is stored by the application's own hashing alone.
# Source: https://gitlab.com/gitlab-org/gitlab/-/blob/master/lib/gitlab/doorkeeper_secret_storing/sha512_hash.rb

wanted = JSON.parse(File.read('/etc/gitlab-node/role.json')).fetch('oauthApplications')
given = JSON.parse($stdin.read)
model = 'Authn::OauthApplication'.safe_constantize || Doorkeeper::Application

failed = wanted.filter_map do |facts|
  name = facts.fetch('name')
  uid, secret = given.fetch(name).values_at('uid', 'secret')
  raise 'its id or secret is empty' if uid.blank? || secret.blank?

  # By id first: a renamed application keeps its tokens. Nobody owns it, so only administrators see it.
  application = model.find_by(uid: uid) || model.find_by(name: name, owner_id: nil) || model.new
  application.assign_attributes(
    name: name, uid: uid, redirect_uri: facts.fetch('redirectUris').join("\n"),
    scopes: facts.fetch('scopes').join(' '), trusted: facts.fetch('trusted'), confidential: true
  )
  if application.respond_to?(:organization_id) && application.organization_id.nil?
    application.organization_id = Organizations::Organization.order(:id).pick(:id)
  end
  unless application.persisted? && application.secret_matches?(secret)
    application.secret_strategy.store_secret(application, :secret, secret)
  end
  changed = application.changed?
  application.save! if changed
  puts "#{name}: #{changed ? 'stored' : 'as it should be'}"
  nil
rescue StandardError => e
  "#{name}: #{e.message.gsub(secret.presence || "\0", '…')}"
end
abort failed.join('; ') if failed.any?
