# frozen_string_literal: true

# Administrators by confirmed email, and nobody else but root. Who has not signed in yet becomes one at a later look.

emails = JSON.parse(File.read('/etc/gitlab-node/role.json')).fetch('adminEmails')
users = emails.filter_map do |email|
  user = User.find_by_any_email(email, confirmed: true)
  puts "#{email}: has no account yet" if user.nil?
  user
end

failed = []
set = lambda do |user, admin|
  user.admin = admin
  user.save!
  puts "#{user.username}: #{admin ? 'administrator' : 'no longer administrator'}"
rescue StandardError => e
  failed << "#{user.username}: #{e.message}"
end

users.reject(&:admin?).each { |user| set.call(user, true) }
# Bots and other accounts of GitLab itself are left alone.
User.admins.where.not(id: users.map(&:id)).find_each do |user|
  set.call(user, false) if user.human? && user.username != 'root'
end
abort failed.join('; ') if failed.any?
